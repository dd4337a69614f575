"""`handover evidence` and `items`: what is saved proves itself, and items are told in words."""

from pathlib import Path
from typing import Any

import pytest

from app.flows import receive
from app.flows.receive import FinalRefusal
from app.handover.when import stamp
from app.trust.envelope import sign_statement
from tests.cli import case
from tests.cli.homes import RECEIVER, Two
from tests.handover import make


def test_what_is_saved_proves_itself_anywhere(sent: Two, tmp_path: Path) -> None:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    folder = tmp_path / "evidence"
    sent.receiver.ok("evidence", sent.handover, folder)
    by: list[str | Path] = [
        "--directory",
        folder / "directory.jws",
        "--roots",
        folder / "roots.json",
    ]
    assert "Verified" in sent.sender.ok("verify", "ledger", folder / "ledger.json", *by)
    for number, kind in enumerate(("notification", "dispatch", "acknowledgement"), 1):
        name = f"{number:04d}-{kind}"
        files = [folder / f"{name}.age", folder / f"{name}.jws"]
        assert "Verified" in sent.sender.ok("verify", "bundle", *files, *by)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_evidence_is_saved_over_nothing(sent: Two, tmp_path: Path) -> None:
    result = sent.receiver.run("evidence", sent.handover, tmp_path)
    assert result.exit_code != 0
    assert not (tmp_path / "ledger.json").exists()


def test_items_are_told_in_words(sent: Two) -> None:
    told = sent.receiver.ok("items", sent.handover, "--purpose", "To plan the conference")
    for concern in case.case_file()["concerns"]:
        assert concern["what"] in told
    assert "nobody yet" in told


def test_a_contradiction_is_shown_first_and_saved_as_a_pair(sent: Two, tmp_path: Path) -> None:
    """The keeper says two things of one place: nobody misses it, and anybody can check both."""
    receiver = sent.receiver.open_site(sent.receiver.path, None)
    now = receiver.clock()
    payload = make.value("fact", make.BODIES["fact"], by=RECEIVER, handover=sent.handover)
    day = {"code": "address_confirmed", "on": now.date().isoformat()}
    changes: dict[str, Any] = {"at": stamp(now), "effective": stamp(now), "place": 1, "body": day}
    other = sign_statement({**payload, **changes}, receiver.keyring, now).wire
    sender = sent.sender.open_site(sent.sender.path, None)
    assert "ALARM" not in sent.sender.ok("show", sent.handover)
    assert "CONTRADICTION" not in sent.sender.ok("list")
    with pytest.raises(FinalRefusal, match="ledger-fork"):
        receive.statement(sender, other)
    for site in (sender, receiver):
        site.database.close()
    first = sent.sender.ok("show", sent.handover).splitlines()[0]
    assert first.startswith("ALARM: Fictional Town has signed what contradicts the ledger")
    assert "CONTRADICTION" in sent.sender.ok("list")
    folder = tmp_path / "evidence"
    assert "handover verify statement" in sent.sender.ok("evidence", sent.handover, folder)
    pair = [folder / f"contradiction-01{part}.jws" for part in ("", "-against")]
    assert pair[0].read_bytes() == other
    by: list[str | Path] = [
        "--directory", folder / "directory.jws", "--roots", folder / "roots.json"
    ]  # fmt: skip
    told = sent.receiver.value("verify", "statement", *pair, *by)
    assert [(one["place"], one["signed_by"]) for one in told] == [(1, RECEIVER)] * 2
    assert "Verified" in sent.receiver.ok("verify", "statement", *pair, *by)
    changed = sent.sender.write("changed.jws", other[:-9] + b"AAAA" + other[-5:])
    sent.receiver.refused(
        "verify", "statement", changed, *by, code="jws-signature-mldsa65", exits=3
    )
