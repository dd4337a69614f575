"""`handover verify`, `reindex`: evidence without a server, and the index anew."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.common import operator
from app.flows import read
from app.store import bundles, statements
from tests.cli import case
from tests.cli.homes import RECEIVER, SENDER, Home, Two


@dataclass
class Evidence:
    """What somebody takes along who must be convinced, and a home that knows nothing of it."""

    home: Home
    ledger: dict[str, Any]
    bundle: Path
    statement: Path
    directory: Path
    roots: Path

    def by(self) -> list[str | Path]:
        return ["--directory", self.directory, "--roots", self.roots]


@pytest.fixture
def evidence(sent: Two) -> Evidence:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    home = sent.receiver
    site = home.open_site(home.path, None)
    ledger = read.ledger(site, operator(site), sent.handover)
    dispatch = next(one for one in ledger["entries"] if one["kind"] == "dispatch")
    with site.database.read() as uow:
        row = statements.get(uow.connection, dispatch["digest"])
        assert row is not None
        stored = bundles.get(uow.connection, _announced(row.wire)["sha256"])
        assert stored is not None
    with site.blobs.reader(stored.blob) as sealed:
        bundle = home.write("bundle.age", sealed.read_at(0, stored.size))
    site.database.close()
    return Evidence(
        home,
        ledger,
        bundle,
        home.write("statement.jws", row.wire),
        home.write("directory.jws", home.run("directory", "show", "--signed").stdout_bytes),
        home.write("roots.json", home.run("directory", "roots").stdout_bytes),
    )


def _announced(wire: bytes) -> dict[str, Any]:
    payload = json.loads(wire)["payload"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))["bundle"]
    return found


def test_a_ledger_is_verified(evidence: Evidence, tmp_path: Path) -> None:
    nowhere = Home(tmp_path / "nowhere")
    saved = nowhere.write("ledger.json", evidence.ledger)
    said = nowhere.ok("verify", "ledger", saved, *evidence.by())
    kinds = [line.split()[1] for line in said.splitlines()[:3]]
    assert kinds == ["notification", "dispatch", "acknowledgement"]
    assert f"signed by {SENDER}" in said
    assert f"signed by {RECEIVER}" in said
    assert "Verified" in said
    value = nowhere.value("verify", "ledger", saved, *evidence.by())
    assert (value["handover"], value["verified"]) == (evidence.ledger["handover"], True)
    assert value["entries"] == 3
    assert [child["plan_held_by"] for child in value["children"]] == [SENDER]
    assert not nowhere.path.exists()


@pytest.mark.parametrize("part", ["statement", "receipt", "digest", "kind"])
def test_a_changed_ledger_is_refused(evidence: Evidence, part: str) -> None:
    entry = evidence.ledger["entries"][1]
    at = len(entry[part]) // 2
    entry[part] = (
        entry[part][:at] + ("A" if entry[part][at] != "A" else "B") + entry[part][at + 1 :]
    )
    saved = evidence.home.write("ledger.json", evidence.ledger)
    result = evidence.home.run("verify", "ledger", saved, *evidence.by())
    assert result.exit_code == 3
    assert "/entries/1" in result.stderr
    assert result.stdout == ""


def test_a_ledger_with_an_entry_less_is_refused(evidence: Evidence) -> None:
    del evidence.ledger["entries"][1]
    saved = evidence.home.write("ledger.json", evidence.ledger)
    assert evidence.home.run("verify", "ledger", saved, *evidence.by()).exit_code == 3


def test_other_roots_verify_nothing(evidence: Evidence, home: Home) -> None:
    saved = evidence.home.write("ledger.json", evidence.ledger)
    roots = home.write("other.json", home.run("directory", "roots").stdout_bytes)
    evidence.home.refused(
        "verify", "ledger", saved, "--directory", evidence.directory, "--roots", roots,
        code="directory-roots", exits=3,
    )  # fmt: skip


def test_a_bundle_is_verified_without_and_with_keys(evidence: Evidence) -> None:
    args = ["verify", "bundle", evidence.bundle, evidence.statement, *evidence.by()]
    outside = evidence.home.ok(*args)
    assert f"signed by {SENDER}" in outside
    assert outside.splitlines()[-1] == "Verified to be the file that was announced."
    assert evidence.home.value(*args)["members"] == []
    inside = evidence.home.ok(*args, "--open")
    assert inside.splitlines()[-1] == "Verified."
    assert inside.count("attachments/000") == len(case.DOCUMENTS)
    members = evidence.home.value(*args, "--open")["members"]
    assert [one.get("name") for one in members] == [None, *case.DOCUMENTS]


@pytest.mark.parametrize(("opened", "code"), [([], "bundle-digest"), (["--open"], "")])
def test_a_changed_bundle_is_refused(evidence: Evidence, opened: list[str], code: str) -> None:
    whole = evidence.bundle.read_bytes()
    at = len(whole) // 2
    evidence.bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    result = evidence.home.run(
        "verify", "bundle", evidence.bundle, evidence.statement, *evidence.by(), *opened
    )
    assert (result.exit_code, code in result.stderr) == (3, True)


def test_reindex_computes_the_same_again(sent: Two) -> None:
    before = sent.receiver.value("list")
    assert sent.receiver.ok("reindex").splitlines()[-1] == "1 handovers."
    assert sent.receiver.value("list") == before


def test_reindex_of_nothing(home: Home) -> None:
    assert home.ok("reindex").splitlines()[-1] == "0 handovers."
