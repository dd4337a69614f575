"""Homes that are made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import case, homes
from tests.cli.homes import RECEIVER, SENDER, Home, Two
from tests.flows.conftest import Wire


@pytest.fixture(scope="session")
def paired_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paired")
    sender = homes.init(folder / "sender", SENDER)
    receiver = homes.init(folder / "receiver", RECEIVER)
    homes.pair(sender, receiver)
    homes.pair(receiver, sender)
    return folder


@pytest.fixture(scope="session")
def sent_template(paired_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    with homes.copied(paired_template, folder) as two:
        send(two)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of nobody else's."""
    return homes.init(tmp_path / "home", SENDER, Wire())


@pytest.fixture
def two(paired_template: Path, tmp_path: Path) -> Iterator[Two]:
    """Two homes that trust each other."""
    with homes.copied(paired_template, tmp_path) as two:
        yield two


@pytest.fixture
def sent(sent_template: Path, tmp_path: Path) -> Iterator[Two]:
    """Two homes, and a case that has been sent from one to the other."""
    with homes.copied(sent_template, tmp_path) as two:
        yield two


def arguments(two: Two) -> list[str | Path]:
    """`send` with all that goes with it."""
    attached: list[str | Path] = []
    for name, data in case.DOCUMENTS.items():
        attached += ["--attach", two.sender.write(name, data)]
    return [
        "send", two.sender.write("case.json", case.case_file()), "--to", RECEIVER,
        "--reference", "FICTION/1",
        "--notification", two.sender.write("notification.json", case.notification()), *attached,
    ]  # fmt: skip


def send(two: Two) -> str:
    """Send the case; returns what is printed."""
    return two.sender.ok(*arguments(two))
