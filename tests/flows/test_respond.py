"""What can be said of a handover that stands, and by whom."""

from typing import get_args

from app.flows.respond import SIDES, Sayable


def test_whatever_can_be_said_has_its_sides() -> None:
    assert set(SIDES) == set(get_args(Sayable))
