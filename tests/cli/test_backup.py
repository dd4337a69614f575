"""`backup` and `restore`, as an operator types them."""

from pathlib import Path

from tests.cli import case
from tests.cli.conftest import send
from tests.cli.homes import ENDPOINTS, RECEIVER, SENDER, Home, Two


def backed_up(home: Home, into: Path) -> Path:
    home.ok("backup", into)
    (folder,) = into.iterdir()
    return folder


def test_a_backup_is_taken_checked_and_brought_back(two: Two, tmp_path: Path) -> None:
    send(two)
    folder = backed_up(two.receiver, tmp_path / "backups")
    assert {oct(path.stat().st_mode & 0o077) for path in [folder, *folder.rglob("*")]} == {"0o0"}
    two.receiver.ok("acknowledge", two.handover, *case.PERSON)
    handover = two.handover
    new = Home(tmp_path / "new", two.receiver.wire)
    assert "all as they were written" in new.ok("restore", folder, "--check")
    assert not new.path.exists()
    said = new.ok("restore", folder)
    assert "Restored as of" in said
    assert said.endswith(f"asked of:\n  {SENDER}\n")
    assert "RESTORING" in new.ok("list")
    assert "RESTORING" in new.ok("show", handover)
    new.refused("acknowledge", handover, *case.PERSON, code="restoring", exits=6)
    new.refused("restore", folder, code="restore-not-empty", exits=5)
    assert new.ok("sync", SENDER) == (
        "1 handovers between us; 1 statements came that were not here.\n"
    )
    assert new.value("show", handover)["state"] == "acknowledged"
    assert "RESTORING" not in new.ok("list")
    kept = (new.path / "handover.toml").read_bytes()
    assert kept == (two.receiver.path / "handover.toml").read_bytes()


def test_a_cut_backup_is_none(two: Two, tmp_path: Path) -> None:
    folder = backed_up(two.receiver, tmp_path / "backups")
    (folder / "manifest.json").unlink()
    new = Home(tmp_path / "new", two.receiver.wire)
    new.refused("restore", folder, code="backup-cut", exits=3)
    assert not list(tmp_path.glob("new/*"))


def test_settings_that_are_there_count(two: Two, tmp_path: Path) -> None:
    folder = backed_up(two.receiver, tmp_path / "backups")
    new = Home(tmp_path / "new", two.receiver.wire)
    new.path.mkdir()
    written = (folder / "handover.toml").read_text() + 'blobs = "elsewhere"\n'
    (new.path / "handover.toml").write_text(written)
    new.ok("restore", folder)
    assert (new.path / "elsewhere").is_dir()
    assert (new.path / "handover.toml").read_text() == written


def test_a_person_goes_on(two: Two, tmp_path: Path) -> None:
    send(two)
    new = Home(tmp_path / "new", two.receiver.wire)
    new.ok("restore", backed_up(two.receiver, tmp_path / "backups"))
    assert new.run("restore", "--go-on", SENDER).exit_code == 2
    new.refused("restore", "--go-on", RECEIVER, "--purpose", "Rang", code="not-held", exits=4)
    new.ok("restore", "--go-on", SENDER, "--purpose", "Rang the duty desk")
    new.ok("acknowledge", two.handover, *case.PERSON)
    acts = [one["act"] for one in new.value("audit", "show")]
    assert acts[-2:] == ["restore", "go_on"]


def test_what_was_lost_in_the_service_is_said(two: Two, tmp_path: Path) -> None:
    send(two)
    site = two.receiver.wire.sites[ENDPOINTS[RECEIVER]]
    lost = site.blobs.ids()[0]
    site.blobs.delete(lost)
    result = two.receiver.run("backup", tmp_path / "backups")
    assert result.exit_code == 3
    assert "[backup-incomplete]" in result.stderr
    assert lost in result.stderr
    (folder,) = (tmp_path / "backups").iterdir()
    assert "1 rows are left out" in Home(tmp_path / "new").ok("restore", folder)
