"""`handover evidence` and `items`: what is saved proves itself, and items are told in words."""

from pathlib import Path

from tests.cli import case
from tests.cli.homes import Two


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
