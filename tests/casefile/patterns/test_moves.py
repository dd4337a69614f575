"""Moves and changes of worker over time, by tables made by hand."""

from typing import Any

from tests.casefile.patterns.counting import count, happened, refs
from tests.casefile.samples import ref


def move(name: str, on: str | None, *children: str) -> dict[str, Any]:
    dated = {"moved_on": on} if on else {}
    return {"id": ref(name), "children": list(refs(*children)), **dated}


def change(name: str, on: str, *children: str) -> dict[str, Any]:
    return {"id": ref(name), "on": on, "role": "Invented", "children": list(refs(*children))}


def test_by_year_and_never_added_to_what_the_chronology_says() -> None:
    found = count(
        moves=[move("b", "2030-12-31"), move("a", "2029"), move("coming", "2031-03-06")],
        worker_changes=[change("worker", "2030-03")],
        chronology=[
            happened("event", "2030-12-31", "change_of_address"),
            happened("about", "2028-01", "change_of_worker", circa=True),
            happened("household", "2030-12-31", "change_of_household"),
        ],
    ).moves
    years = [(one.year, one.moves, one.worker_changes, one.in_chronology) for one in found.years]
    assert years == [
        (2028, (), (), refs("about")),
        (2029, refs("a"), (), ()),
        (2030, refs("b"), refs("worker"), refs("event")),
    ]
    assert (found.to_come, found.not_dated) == (refs("coming"), ())


def test_a_year_that_has_begun_counts() -> None:
    found = count(moves=[move("a", "2031"), move("b", None), move("c", "2031-04")]).moves
    assert [one.moves for one in found.years] == [refs("a")]
    assert (found.to_come, found.not_dated) == (refs("c"), refs("b"))


def test_each_child_has_lived_through_their_own_and_everybodys() -> None:
    found = count(
        moves=[move("all", "2029"), move("mine", "2030", "one", "one"), move("soon", "2032")],
        worker_changes=[change("worker", "2030", "two")],
    ).moves
    assert {one.child: (one.moves, one.worker_changes) for one in found.children} == {
        ref("one"): (2, 0),
        ref("two"): (1, 1),
    }
