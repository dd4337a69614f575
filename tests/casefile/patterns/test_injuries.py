"""Injuries and their explanations, by tables made by hand."""

from typing import Any

import pytest

from app.casefile.patterns.injuries import LONGEST
from tests.casefile.patterns.counting import count, happened, refs, withdrawn
from tests.casefile.samples import concern, ref

FELL = {"explanation": "'Fell off the bed.'"}
PUSHED = {"explanation": "'His sister pushed him.'"}


def rows(**sections: Any) -> list[Any]:
    return [
        (one.entries, [(told.entry, told.superseded) for told in one.tellings], one.changed)
        for one in count(**sections).injuries
    ]


@pytest.mark.parametrize("kind", ["injury", "physical_signs", "accident"])
def test_one_explanation_has_not_changed(kind: str) -> None:
    told = [happened("a", "2030-01-01", kind, **FELL), happened("b", "2030-01-02", **PUSHED)]
    assert rows(chronology=told) == [(refs("a"), [(ref("a"), False)], False)]


def test_a_concern_about_it_may_tell_it_otherwise() -> None:
    event = happened("event", "2030-01-01", "injury", **FELL)
    for link in ({"events": [ref("event")]}, {}):
        named = event if link else {**event, "concern": ref("concern")}
        for other, changed in ((PUSHED, True), ({"explanation": "'fell  off the\nBED.'"}, False)):
            told = [concern("concern", raised_at="2030-01-02", **other, **link)]
            assert rows(chronology=[named], concerns=told) == [
                (
                    refs("event", "concern"),
                    [(ref("event"), False), (ref("concern"), False)],
                    changed,
                )
            ]


def test_an_earlier_form_is_an_earlier_telling() -> None:
    events = [
        happened("first", "2030-01-01", "injury", **FELL),
        happened("second", "2030-01-01", "injury", supersedes=[ref("first")]),
        happened("third", "2030-01-02", "injury", supersedes=[ref("second")], **PUSHED),
    ]
    expected = [(refs("third"), [(ref("first"), True), (ref("third"), False)], True)]
    assert rows(chronology=events) == expected
    events[0]["withdrawn"] = withdrawn()
    assert rows(chronology=events) == [(refs("third"), [(ref("third"), False)], False)]


def test_an_earlier_form_that_is_hidden_is_not_told() -> None:
    events = [
        happened("first", "2030-01-01", "injury", **FELL),
        happened("second", "2030-01-02", "injury", supersedes=[ref("first")], **PUSHED),
    ]
    (found,) = count(hidden=("first",), chronology=events).injuries
    assert (found.changed, len(found.tellings)) == (False, 1)


def test_a_concern_on_several_injuries_explains_none_of_them() -> None:
    events = [happened(name, "2030-01-01", "injury", **FELL) for name in ("a", "b")]
    about = concern("concern", events=list(refs("a", "b")), **PUSHED)
    assert [row[0] for row in rows(chronology=events, concerns=[about])] == [refs("b"), refs("a")]
    signs = [{**about, "physical_signs": "Two bruises.", "raised_at": "2030-02-01"}]
    assert rows(chronology=events, concerns=signs)[-1] == (
        refs("concern"), [(ref("concern"), False)], False,
    )  # fmt: skip


def test_signs_without_an_event_stand_by_themselves() -> None:
    assert rows(concerns=[concern("c", kind="physical_signs")]) == [(refs("c"), [], False)]
    assert rows(concerns=[concern("c", **FELL)]) == []


def test_of_a_long_explanation_the_beginning_is_given_and_the_whole_compared() -> None:
    long = "a" * LONGEST
    event = happened("event", "2030-01-01", "injury", explanation=long + "b")
    about = concern("concern", events=[ref("event")], explanation=long + "c")
    (found,) = count(chronology=[event], concerns=[about]).injuries
    assert found.changed
    assert {told.words for told in found.tellings} == {"a" * (LONGEST - 1) + "…"}
