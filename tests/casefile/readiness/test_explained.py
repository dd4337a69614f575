"""What has been explained, or is in a document, does not come back; nothing else is silenced."""

from itertools import product
from typing import Any

import pytest

from app.casefile.model import parse_case_file
from app.casefile.readiness import Missing, missing
from tests.casefile.readiness.pairs import ON, ago
from tests.casefile.readiness.story import TOBY, WREN, fabulums
from tests.casefile.samples import attachment, ref

PHOTOGRAPH = {"attachments": [attachment(kind="photograph")]}
"""A document that may hold nothing else, so that nothing is left to it."""


def found(**more: Any) -> list[Missing]:
    return list(missing(parse_case_file({**fabulums(), **PHOTOGRAPH, **more}), ON))


ALL = found()
ABOUTS = {
    tuple({"section": gap.section, "entry": entry, "field": field, "child": child}.items())
    for gap in ALL
    for entry, field, child in product((gap.entry, None), (gap.field, None), (gap.child, None))
}


def covers(about: dict[str, Any], gap: Missing) -> bool:
    """The rule, in other words than the code's."""
    return about["section"] == gap.section and all(
        about[name] in (None, getattr(gap, name)) for name in ("entry", "field", "child")
    )


def test_a_gap_silences_exactly_what_it_covers() -> None:
    for key in sorted(ABOUTS, key=repr):
        about = dict(key)
        given = {name: value for name, value in about.items() if value is not None}
        gap = {"id": ref("gap"), "about": given, "reason": "not_held"}
        left = [one for one in ALL if not covers(about, one)]
        assert found(gaps=[gap]) == left, about
        assert found(document_references=[{"about": given, "attachment": 1}]) == left, about


def test_there_is_something_of_each_kind_to_silence() -> None:
    shapes = {tuple(value is None for _, value in about) for about in ABOUTS}
    assert len(shapes) == 8


@pytest.mark.parametrize(
    ("gap", "silenced"),
    [
        ({"reason": "coming_by", "coming_by": ago(-9)}, True),
        ({"reason": "coming_by", "coming_by": ago(0)}, True),
        ({"reason": "coming_by", "coming_by": ago(1)}, False),
        ({"reason": "coming_by", "coming_by": "2031-06"}, True),
        ({"reason": "coming_by", "coming_by": "2031-05"}, False),
        ({"reason": "not_held"}, True),
        ({"reason": "withheld"}, True),
        ({"reason": "not_applicable"}, True),
    ],
)
def test_what_was_promised_for_a_day_gone_by_is_missing_again(
    gap: dict[str, Any], silenced: bool
) -> None:
    left = found(gaps=[{"id": ref("gap"), "about": {"section": "concerns"}, **gap}])
    assert ([one for one in left if one.section == "concerns"] == []) is silenced


def test_what_is_said_of_one_child_holds_for_that_child() -> None:
    about = {"section": "contacts", "child": TOBY}
    left = found(gaps=[{"id": ref("gap"), "about": about, "reason": "not_held"}])
    assert {one.child for one in left if one.section == "contacts"} == {WREN}


def test_a_handover_by_document_is_asked_where_and_not_told_what_it_lacks() -> None:
    kinds = ("minutes", "plan", "report", "chronology")
    papers = [attachment(number, kind=kind) for number, kind in enumerate(kinds, 1)]
    # Of the family, the children are typed in, and nothing else.
    children = [{**one, "lives_with": []} for one in fabulums()["children"]]
    only = {"v": 1, "fictional": True, "children": children}
    asked = missing(parse_case_file({**only, "attachments": papers}), ON)
    questions = [one for one in asked if one.code.endswith("-in-which-document")]
    assert len(questions) == 11
    assert len({one.section for one in questions}) == 11
    # What no document of theirs can hold, and what the children's own entries lack.
    rest = {one.code for one in asked} - {one.code for one in questions}
    assert rest == {"supervision-absent", "sharing-absent"}
    answers = [{"about": {"section": one.section}, "attachment": 2, "page": 4} for one in questions]
    told = missing(
        parse_case_file({**only, "attachments": papers, "document_references": answers}), ON
    )
    assert {one.code for one in told} == rest


def test_a_few_events_beside_a_chronology_are_not_the_chronology() -> None:
    event = {"when": {"start": ago(3)}, "agency": "gp", "what": "Invented."}
    papers = [attachment(kind="chronology")]

    def codes(events: int) -> set[str]:
        typed = [{"id": ref(f"e{n}"), **event} for n in range(events)]
        asked = found(chronology=typed, attachments=papers)
        return {one.code for one in asked if one.section == "chronology"}

    assert codes(4) == {"chronology-in-which-document"}
    assert codes(5) == {"chronology-of-one-agency", "chronology-starts-late"}
