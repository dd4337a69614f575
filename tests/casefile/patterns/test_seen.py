"""Days since each child was last seen, and seen alone, by tables made by hand."""

from datetime import date
from typing import Any

import pytest

from app.casefile.patterns.found import Sight
from tests.casefile.patterns.counting import count, happened
from tests.casefile.samples import child, concern, ref

TODAY = date(2031, 3, 5)


def one(**fields: Any) -> dict[str, Any]:
    return {"child": ref("one"), **fields}


def contact(name: str, at: str, *seen: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": ref(name), "at": at, "seen": list(seen), **fields}


def last(**sections: Any) -> tuple[Any, Any]:
    """Entry and days at least and at most, of seen and of alone, for the child `one`."""
    found = count(TODAY, **{"children": [child("one")], **sections}).seen
    (only,) = found
    return _brief(only.seen), _brief(only.alone)


def _brief(sight: Sight | None) -> Any:
    return sight and (sight.entry, sight.at_least, sight.at_most)


def test_the_latest_of_contacts_events_and_concerns() -> None:
    contacts = [
        contact("a", "2031-02-01", one(seen=True, alone=True)),
        contact("b", "2031-03-01T16:00:00Z", one(seen=True, alone=False)),
    ]
    assert last(contacts=contacts) == ((ref("b"), 4, 4), (ref("a"), 32, 32))
    events = [happened("event", "2031-03-02", seen=[one(seen=True)])]
    assert last(contacts=contacts, chronology=events)[0] == (ref("event"), 3, 3)
    concerns = [concern("c", raised_at="2031-03-01", spoken_to=[one(alone=True, on="2031-03-04")])]
    assert last(contacts=contacts, concerns=concerns) == ((ref("c"), 1, 1), (ref("c"), 1, 1))


@pytest.mark.parametrize(
    "seen",
    [
        one(seen=False, alone=False),
        one(seen=False, alone=True),
        one(alone=False),
        one(),
        {"child": ref("two"), "seen": True},
        one(seen=True, on="2031-03-06"),
        one(seen=True, by={"agency": "family"}),
        one(seen=True, by={"person": ref("aunt")}),
    ],
)
def test_what_is_no_sight_of_the_child_by_a_professional(seen: dict[str, Any]) -> None:
    sections = {
        "children": [child("one"), child("two", status="died")],
        "people": [{"id": ref("aunt")}],
    }
    assert last(contacts=[contact("a", "2031-03-01", seen)], **sections) == (None, None)


def test_what_the_family_saw_is_not_what_is_asked() -> None:
    event = happened("a", "2031-03-01", seen=[one(seen=True)], agency="family")
    assert last(chronology=[event]) == (None, None)
    nurse = {**event, "seen": [one(seen=True, by={"agency": "hospital"})]}
    assert last(chronology=[nurse])[0] == (ref("a"), 4, 4)
    aunt = {"people": [{"id": ref("aunt")}]}
    visit = contact("b", "2031-03-01", one(seen=True), by={"person": ref("aunt")})
    assert last(contacts=[visit], **aunt) == (None, None)


def test_of_a_vague_date_least_and_most_are_told() -> None:
    month = contact("month", "2031-02", one(seen=True))
    assert last(contacts=[month])[0] == (ref("month"), 5, 32)
    this_year = contact("year", "2031", one(seen=True))
    assert last(contacts=[this_year])[0] == (ref("year"), 0, 63)
    exact = contact("exact", "2031-02-10", one(seen=True))
    assert last(contacts=[month, exact, this_year])[0] == (ref("exact"), 23, 23)
    first = contact("first", "2031-02-01", one(seen=True))
    assert last(contacts=[month, first])[0] == (ref("first"), 32, 32)


def test_a_concern_without_a_date_of_its_own_tells_no_day() -> None:
    concerns = [concern("c", spoken_to=[one(seen=True)])]
    assert last(concerns=concerns) == (None, None)
    concerns[0]["when"] = {"start": "2031-03-03"}
    assert last(concerns=concerns)[0] == (ref("c"), 2, 2)


def test_of_unborn_and_dead_children_it_is_not_asked() -> None:
    children = [child("a", status="unborn"), child("b", status="died"), child("one")]
    (only,) = count(children=children).seen
    assert (only.child, only.seen, only.alone) == (ref("one"), None, None)
