"""`sync`: a backup that was brought back catches up."""

import shutil
from pathlib import Path

from tests.cli import case
from tests.cli.conftest import send
from tests.cli.homes import SENDER, Home, Two, Unreachable


def test_a_restored_service_catches_up(two: Two, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(two.receiver.path, backup)
    send(two)
    two.receiver.ok("acknowledge", two.handover, *case.PERSON)
    restored = Home(backup, two.receiver.wire)
    assert restored.value("list") == []
    said = restored.ok("sync", SENDER)
    assert said == "1 handovers between us; 3 statements came that were not here.\n"
    assert restored.value("show", two.handover)["state"] == "acknowledged"
    assert restored.ok("sync", SENDER).endswith(" 0 statements came that were not here.\n")


def test_who_can_t_be_asked_is_said(two: Two) -> None:
    two.receiver.refused("sync", "gss:E99999999", code="authority-unknown", exits=4)
    two.receiver.wire = Unreachable()
    two.receiver.refused("sync", SENDER, code="peer-unreachable", exits=6)
