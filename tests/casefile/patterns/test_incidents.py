"""Incidents by kind and their spacing, by tables made by hand."""

from typing import get_args

from app.casefile.model import codes
from app.casefile.patterns.incidents import KINDS
from tests.casefile.patterns.counting import count, happened, refs


def test_spacing_is_from_each_to_the_next_of_its_kind() -> None:
    found = count(
        chronology=[
            happened("c", "2030-03-01", "injury"),
            happened("a", "2030-01-01T23:00:00Z", "injury"),
            happened("b", "2030-01-31", "injury"),
            happened("other", "2030-01-15", "domestic_abuse"),
            happened("visit", "2030-01-16", "home_visit"),
        ]
    ).incidents
    assert [(one.kind, one.days_between) for one in found] == [
        ("injury", (30, 29)),
        ("domestic_abuse", ()),
    ]
    assert [(one.entry, one.on) for one in found[0].dated] == [
        *zip(refs("a", "b", "c"), ("2030-01-01T23:00:00Z", "2030-01-31", "2030-03-01"), strict=True)
    ]


def test_no_spacing_is_guessed_across_what_has_no_day() -> None:
    (found,) = count(
        chronology=[
            happened("a", "2030-01-01", "missing"),
            happened("month", "2030-01", "missing"),
            happened("about", "2030-01-05", "missing", circa=True),
            happened("b", "2030-01-11", "missing"),
        ]
    ).incidents
    assert (found.days_between, len(found.dated)) == ((10,), 2)
    assert found.not_dated == refs("month", "about")


def test_two_on_one_day_are_no_days_apart() -> None:
    on = [happened(name, "2030-01-01", "injury") for name in ("a", "b")]
    assert [one.days_between for one in count(chronology=on).incidents] == [(0,)]


def test_the_kinds_are_kinds_of_events() -> None:
    assert set(KINDS) < set(get_args(codes.EventKind))
    assert not {"missed_appointment", "no_access"} & set(KINDS)
