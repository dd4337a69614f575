"""Missed appointments per quarter, by tables made by hand."""

import pytest

from tests.casefile.patterns.counting import count, happened, refs, withdrawn


def test_each_counts_in_the_quarter_in_which_it_happened() -> None:
    found = count(
        chronology=[
            happened("b", "2030-03-31", "missed_appointment"),
            happened("c", "2030-04-01", "missed_appointment"),
            happened("visit", "2030-02-01T09:00:00Z", "no_access"),
            happened("a", "2030-01-01", "missed_appointment"),
            happened("kept", "2030-02-01", "attended_appointment"),
        ]
    ).missed
    assert [(one.start, one.end, one.appointments, one.no_access) for one in found.quarters] == [
        ("2030-01-01", "2030-03-31", refs("a", "b"), refs("visit")),
        ("2030-04-01", "2030-06-30", refs("c"), ()),
    ]
    assert found.not_dated == ()


@pytest.mark.parametrize(
    ("start", "circa", "quarter"),
    [
        ("2030-12-31T23:59:59-08:00", False, "2030-10-01"),
        ("2030-11", False, "2030-10-01"),
        ("2030", False, None),
        ("2030-11-05", True, None),
        ("2030-11", True, None),
        ("9999-12-31", False, "9999-10-01"),
        ("0001-01-01", False, "0001-01-01"),
    ],
)
def test_a_date_counts_for_no_more_than_it_says(
    start: str, circa: bool, quarter: str | None
) -> None:
    found = count(chronology=[happened("a", start, "missed_appointment", circa=circa)]).missed
    assert [one.start for one in found.quarters] == ([quarter] if quarter else [])
    assert found.not_dated == (() if quarter else refs("a"))


def test_what_is_superseded_withdrawn_or_hidden_is_not_counted() -> None:
    found = count(
        hidden=("hidden",),
        chronology=[
            happened("old", "2030-01-02", "missed_appointment"),
            happened("new", "2030-01-03", "missed_appointment", supersedes=list(refs("old"))),
            happened("wrong", "2030-01-04", "missed_appointment", withdrawn=withdrawn()),
            happened("hidden", "2030-01-05", "missed_appointment"),
        ],
    ).missed
    assert [one.appointments for one in found.quarters] == [refs("new")]
