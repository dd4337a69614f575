"""What is open becomes items: the same ones, with the same ids, on both sides."""

import re
from typing import Any

import pytest

from app.casefile.items import Item, in_words, item_id, items
from app.casefile.model import parse_case_file
from app.errors import Conflict
from tests.casefile.samples import case, child, concern, ref

CHILDREN = [child("one"), child("two"), child("at home", scope="information_only")]
OUTCOME = {"id": ref("outcome"), "what": "Invented outcome."}
ACTION = {"id": ref("action"), "what": "Invented action."}
MEETING = {"id": ref("meeting"), "kind": "core_group"}
WORKER = {"id": ref("worker"), "role": "Invented role", "agency": "nursery"}
GAP = {"id": ref("gap"), "about": {"section": "plans"}, "reason": "not_held"}
COMING = {**GAP, "reason": "coming_by", "coming_by": "2030"}
DECLARED = {
    "id": ref("declared"), "code": "invented-check", "what": "Something is missing.",
    "question": "Where is it?", "finding": "plan-reviewed", "seriousness": "high",
    "where": ["/outcomes/0", "/outcomes/1"], "asked": True,
}  # fmt: skip


def found(**sections: Any) -> list[Item]:
    return items(parse_case_file(case(children=CHILDREN, **sections)))


def test_nothing_open_makes_no_items() -> None:
    assert found() == []


@pytest.mark.parametrize("section", ["concerns", "outcomes"])
def test_a_concern_or_outcome_is_answered_for_each_child_handed_over(section: str) -> None:
    entry = concern() if section == "concerns" else OUTCOME
    kind = section[:-1]
    of_all = found(**{section: [entry]})
    assert [(i.type, i.child, i.source) for i in of_all] == [
        (kind, ref("one"), entry["id"]),
        (kind, ref("two"), entry["id"]),
    ]
    of_one = found(**{section: [{**entry, "children": [ref("two"), ref("at home")]}]})
    assert of_one == of_all[1:]


@pytest.mark.parametrize(
    ("section", "entry", "kind"),
    [
        ("actions", ACTION, "action"),
        ("meetings", MEETING, "minutes"),
        ("meetings", {**MEETING, "minutes": {"status": "coming"}}, "minutes"),
        ("professionals", WORKER, "professional"),
        ("professionals", {**WORKER, "after_move": "needs_successor"}, "professional"),
        ("gaps", COMING, "gap"),
        ("declared", DECLARED, "gap"),
    ],
)
def test_other_open_things_make_one_item(section: str, entry: dict[str, Any], kind: str) -> None:
    assert [(i.type, i.child, i.source) for i in found(**{section: [entry]})] == [
        (kind, None, entry["id"])
    ]


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("concerns", concern(status="closed")),
        ("concerns", concern(withdrawn={"on": "2030", "why": "Another family's."})),
        ("outcomes", {**OUTCOME, "status": "achieved"}),
        ("actions", {**ACTION, "status": "done"}),
        ("meetings", {**MEETING, "status": "planned"}),
        ("meetings", {**MEETING, "minutes": {"status": "withheld"}}),
        ("meetings", {**MEETING, "minutes": {"status": "not_taken"}}),
        ("professionals", {**WORKER, "involvement": "former"}),
        ("professionals", {**WORKER, "after_move": "continues"}),
        ("professionals", {**WORKER, "successor": {"name": "Invented"}}),
        ("gaps", GAP),
        ("gaps", {**GAP, "reason": "withheld"}),
        ("gaps", {**GAP, "reason": "not_applicable"}),
        ("declared", {**DECLARED, "asked": False}),
    ],
)
def test_what_is_settled_makes_none(section: str, entry: dict[str, Any]) -> None:
    assert found(**{section: [entry]}) == []


def test_an_entry_that_is_superseded_makes_none() -> None:
    newer = concern("newer", supersedes=[ref("concern")])
    assert {item.source for item in found(concerns=[concern(), newer])} == {ref("newer")}


def test_an_action_for_one_child_says_so() -> None:
    assert found(actions=[{**ACTION, "children": [ref("one")]}])[0].child == ref("one")
    assert found(declared=[{**DECLARED, "child": ref("two")}])[0].child == ref("two")


def test_what_is_about_nobody_who_is_handed_over_makes_none() -> None:
    """The ledger knows no such child: an item of theirs would keep the case from being sent."""
    about = {"children": [ref("at home")]}
    assert not found(
        actions=[{**ACTION, **about}],
        meetings=[{**MEETING, **about}],
        professionals=[{**WORKER, **about}],
        gaps=[{**COMING, "about": {"section": "plans", "child": ref("at home")}}],
        declared=[{**DECLARED, "child": ref("at home")}],
    )
    both = {"children": [ref("at home"), ref("one")]}
    assert [one.child for one in found(actions=[{**ACTION, **both}])] == [None]


def test_a_declared_gap_says_what_is_missing_and_what_is_asked() -> None:
    said = in_words(parse_case_file(case(children=CHILDREN, declared=[DECLARED])))
    assert list(said.values()) == ["Missing: Something is missing. (2 places) Where is it?"]


def test_a_promised_gap_says_of_which_meeting_and_by_when() -> None:
    about = {"section": "meetings", "entry": MEETING["id"], "field": "minutes"}
    gap = COMING | {"about": about, "coming_by": "2026-12-04", "words": "Being typed."}
    held = MEETING | {"at": "2026-10-14"}
    parsed = parse_case_file(case(children=CHILDREN, gaps=[gap], meetings=[held]))
    coming = "Coming by 2026-12-04. Being typed."
    told = f"Not included: meetings, minutes, core group, 2026-10-14. {coming}"
    assert told in in_words(parsed).values()
    withheld = in_words(parsed, frozenset({MEETING["id"]}))
    assert list(withheld.values()) == [f"Not included: meetings, minutes. {coming}"]


def test_ids_are_of_the_form_of_statements_differ_and_never_change() -> None:
    made = found(concerns=[concern()], outcomes=[OUTCOME], actions=[ACTION], gaps=[COMING])
    ids = [item.id for item in made]
    assert len(set(ids)) == len(ids) == 6
    assert all(re.fullmatch("[a-z2-7]{25}[aeimquy4]", id_) for id_ in ids)
    # Part of the format: another result here would part the two sides.
    assert item_id("concern", "a" * 26, "b" * 25 + "a") == "zld4jc5yoc7yj3c7bglmg73uwi"


def test_there_is_an_end_to_items() -> None:
    """A thousand concerns about a thousand children are small, and would be a million items."""
    many = case(
        children=[child(f"child {number}") for number in range(1000)],
        concerns=[concern(str(number)) for number in range(2)],
    )
    assert len(items(parse_case_file(many))) == 2000
    many["concerns"].append(concern("one more", children=[ref("child 7")]))
    for listed in (items, in_words):
        with pytest.raises(Conflict, match="too-many-items"):
            listed(parse_case_file(many))
