"""`handover audit`: shown with purposes, exported sealed, and verified anywhere."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import case
from tests.cli.homes import Home, Two

ROOT = Path(__file__).parents[2]
PURPOSES = ["To plan a visit to Fabula", "To read «the minutes»", "To plan\x1b[2J again"]


@pytest.fixture
def opened(sent: Two) -> Home:
    """A receiver at which a case has been opened three times."""
    for purpose in PURPOSES:
        sent.receiver.ok("open", sent.handover, "--purpose", purpose)
    return sent.receiver


def exported(home: Home) -> Path:
    file = home.path.parent / "access.jsonl"
    assert str(file) in home.ok("audit", "export", file)
    return file


def test_show_says_who_when_what_and_why(opened: Home) -> None:
    shown = opened.value("audit", "show")
    assert [one["purpose"] for one in shown] == PURPOSES
    assert [one["number"] for one in shown] == [1, 2, 3]
    (row,) = opened.value("list")
    assert {(one["who"], one["act"], one["part"], one["handover"]) for one in shown} == {
        ("cli:tester", "open", "dispatch/content.json", row["handover"])
    }
    said = opened.ok("audit", "show")
    assert all(one["at"] in said for one in shown)
    assert PURPOSES[0] in said
    assert "To plan?[2J again" in said


def test_show_can_be_of_one_handover(opened: Home) -> None:
    (row,) = opened.value("list")
    assert len(opened.value("audit", "show", "--handover", row["handover"])) == 3
    assert opened.value("audit", "show", "--handover", "a" * 26) == []


def test_show_goes_over_pages(opened: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.audit._PAGE", 1)
    assert [one["purpose"] for one in opened.value("audit", "show")] == PURPOSES


def test_every_door_of_the_command_line_is_in_it(sent: Two, tmp_path: Path) -> None:
    sent.receiver.ok("open", sent.handover, "--purpose", "a", "--save", tmp_path / "saved")
    sent.receiver.ok("items", sent.handover, "--purpose", "b")
    seen = [
        (one["act"], one["part"], one["purpose"]) for one in sent.receiver.value("audit", "show")
    ]
    documents = [("download", f"dispatch/attachments/{n:04d}", "a") for n in (1, 2, 3)]
    words = "dispatch/content.json"
    assert seen == [("open", words, "a"), *documents, ("open", words, "b")]


def test_what_is_exported_is_sealed_and_verifies(opened: Home) -> None:
    file = exported(opened)
    data = file.read_bytes()
    assert [json.loads(line)["place"] for line in data.splitlines()] == [1, 2, 3]
    assert not [word for word in ("Fabula", "minutes", "visit") if word.encode() in data]
    head = opened.ok("audit", "head").strip()
    assert head.startswith("3:")
    said = opened.ok("audit", "verify", file, "--head", head)
    assert head in said
    assert opened.value("audit", "verify", file)["head"] == head
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert "is there already" in opened.run("audit", "export", file).stderr


def test_it_is_verified_without_anything_of_ours(opened: Home, tmp_path: Path) -> None:
    """In a process of its own, in a folder with nothing else, at a home that there is not."""
    file = exported(opened)
    alone = tmp_path / "alone"
    alone.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "app.main", "--home", alone / "none", "audit", "verify", file],
        cwd=alone,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(alone.iterdir()) == []


def test_an_empty_log(home: Home) -> None:
    assert home.value("audit", "show") == []
    assert home.ok("audit", "head") == "0:\n"
    home.ok("audit", "verify", exported(home), "--head", "0:")
    assert home.value("audit", "head") == {"entries": 0, "digest": None, "head": "0:"}


TAMPERED: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int]] = {
    "changed": (lambda x: [x[0], x[1].replace(b"cli:tester", b"cli:nobody"), x[2]], 3),
    "changed last": (lambda x: [*x[:2], x[2].replace(b"cli:tester", b"cli:nobody")], 3),
    "broken": (lambda x: [x[0], x[1][:50], x[2]], 2),
    "removed first": (lambda x: x[1:], 1),
    "removed": (lambda x: [x[0], x[2]], 2),
    "inserted": (lambda x: [x[0], x[0], *x[1:]], 2),
    "a line inserted": (lambda x: [x[0], b"", *x[1:]], 2),
    "reordered": (lambda x: [x[0], x[2], x[1]], 2),
    "with CRLF": (lambda x: [x[0] + b"\r", *x[1:]], 1),
    "a line without end": (lambda x: [b"x" * 2**20, *x], 1),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_every_way_of_tampering_is_found_at_its_entry(opened: Home, how: str) -> None:
    file = exported(opened)
    head = opened.ok("audit", "head").strip()
    change, entry = TAMPERED[how]
    file.write_bytes(b"".join(one + b"\n" for one in change(file.read_bytes().splitlines())))
    args: list[str | Path] = ["audit", "verify", file, "--head", head]
    said = opened.refused(*args, code="access-log-broken", exits=3)
    assert f"Entry {entry} " in said


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_log_that_was_cut_does_not_reach_a_known_head(opened: Home, left: int) -> None:
    """Without a head that was kept elsewhere, nobody can know."""
    file = exported(opened)
    head = opened.ok("audit", "head").strip()
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:left]))
    opened.ok("audit", "verify", file)
    said = opened.refused("audit", "verify", file, "--head", head, code="access-log-cut", exits=3)
    assert f"{left} of at least 3" in said


def test_a_log_that_was_written_anew_does_not_go_through_a_known_head(sent: Two) -> None:
    sent.receiver.ok("open", sent.handover, "--purpose", case.PURPOSE)
    sent.sender.ok("open", sent.handover, "--purpose", case.PURPOSE)
    head = sent.receiver.ok("audit", "head").strip()
    file = exported(sent.sender)
    said = sent.receiver.refused(
        "audit", "verify", file, "--head", head, code="access-log-broken", exits=3
    )
    assert "Entry 1 " in said


@pytest.mark.parametrize("text", ["", "3", "3:", "0:" + "a" * 64, "3:abc", ":", "-1:" + "a" * 64])
def test_what_is_no_head(home: Home, tmp_path: Path, text: str) -> None:
    file = tmp_path / "empty"
    file.touch()
    home.refused("audit", "verify", file, "--head", text, code="access-head", exits=3)
