"""Open things: one person takes them all over, and the sender sees what became of each."""

from itertools import groupby
from typing import Any

import pytest

from app.access import Caller
from app.errors import Malformed, NotAllowed
from app.flows import adding, draft, items, read, respond, send
from app.flows.respond import Said
from tests.casefile import samples
from tests.flows.acts import CHILD, NOTIFICATION
from tests.flows.conftest import HEAD, ON_BOTH, RECEIVER, WORKER, Two
from tests.flows.test_disclose import logged
from tests.handover import make

OWNER = {"name": "Noor Inventado", "role": "Social worker"}
SECRET = samples.concern(
    "secret", handling=[{"code": "originator_consent"}], what="Invented and withheld."
)
CASE = samples.case(
    concerns=[samples.concern(), SECRET],
    actions=[{"id": samples.ref("action"), "what": "Invented action."}],
    meetings=[{"id": samples.ref("meeting"), "kind": "core_group"}],
    professionals=[{"id": samples.ref("nurse"), "role": "Nurse", "agency": "nursery"}],
)
BUSINESS = Caller("user-3", frozenset({"business_support"}), frozenset({"front-door"}))


def sent(two: Two, case_file: dict[str, Any] = CASE) -> str:
    handover = draft.create(
        two.sender, WORKER, recipient=RECEIVER, own_reference="X/1", transfer="cp_permanent",
        team=None, case_file=case_file,
    ).id  # fmt: skip
    send.notify(two.sender, WORKER, handover, NOTIFICATION)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert set(two.run()) == {"done"}
    return handover


def opened(two: Two, handover: str, caller: Caller = WORKER) -> dict[str, dict[str, Any]]:
    """By its words, or its type, as the sender sees it; what was missing is another test's."""
    found = items.items(two.sender, caller, handover, "To see what became of it")
    return {one["what"] or f"withheld {one['type']}": one for one in found if one["type"] != "gap"}


def accept(two: Two, handover: str, result: str = "plan", **said: Any) -> None:
    body = make.conference([make.result(CHILD, result)], said.pop("answers", []))
    codes = {**body, "held": two.receiver.clock().date().isoformat()}
    words = {"chair": {"name": "Ines Fabula"}, "items": said.pop("words", [])}
    respond.say(two.receiver, HEAD, handover, "acceptance", Said(codes, words, **said))
    assert set(two.run()) == {"done"}


def clock(two: Two, handover: str, step: str) -> str:
    (found,) = (
        one["state"] for one in read.show(two.sender, HEAD, handover)["clocks"]
        if one["step"] == step
    )  # fmt: skip
    return str(found)


@ON_BOTH
def test_one_person_takes_over_all_that_is_open_and_the_sender_sees_it(two: Two) -> None:
    handover = sent(two)
    first = opened(two, handover)
    resolved = first["Invented action."]["item"]
    answers = [{"item": resolved, "disposition": "resolved"}]
    words = [{"item": resolved, "evidence": "Seen at home on Friday."}]
    accept(two, handover, answers=answers, words=words, carry_forward_to=OWNER)
    now = opened(two, handover)
    assert now.pop("Invented action.")["became"] == {"evidence": "Seen at home on Friday."}
    assert len(now) == 4
    assert all(one["disposition"] == "carried_forward" for one in now.values())
    assert all(one["became"] == {"owner": OWNER} for one in now.values())
    assert {one["since"] for one in now.values()} == {"2026-12-18T15:00:00Z"}
    assert clock(two, handover, "settle_items") == "met"


def test_what_is_not_said_has_its_deadline_until_it_is(two: Two) -> None:
    handover = sent(two)
    blocking = [
        one["item"] for one in read.show(two.receiver, HEAD, handover)["items"]
        if one["type"] == "concern"
    ]  # fmt: skip
    answers = [{"item": one, "disposition": "in_new_plan"} for one in blocking]
    accept(
        two, handover, answers=answers, words=[{"item": one, "owner": OWNER} for one in blocking]
    )
    two.clock.forward(days=20)
    late = {one["step"] for one in read.overdue(two.sender, HEAD).rows}
    assert "settle_items" in late
    said = Said({}, None, carry_forward_to=OWNER)
    respond.say(two.receiver, WORKER, handover, "disposition", said)
    assert set(two.run()) == {"done"}
    assert clock(two, handover, "settle_items") == "met_late"
    assert opened(two, handover)["Invented action."]["became"] == {"owner": OWNER}
    # The latest word counts, and needs its words.
    action = opened(two, handover)["Invented action."]["item"]
    bare = Said({"dispositions": [{"item": action, "disposition": "resolved"}]})
    with pytest.raises(Malformed, match="item-words-missing"):
        respond.say(two.receiver, WORKER, handover, "disposition", bare)
    later = Said(
        {"dispositions": [{"item": action, "disposition": "referred_on"}]},
        {"items": [{"item": action, "referred_to": {"agency_name": "Fictional clinic"}}]},
    )
    respond.say(two.receiver, WORKER, handover, "disposition", later)
    assert set(two.run()) == {"done"}
    one = opened(two, handover)["Invented action."]
    assert (one["disposition"], one["became"]) == (
        "referred_on", {"referred_to": {"agency_name": "Fictional clinic"}}
    )  # fmt: skip


def test_what_is_withheld_is_withheld_with_what_became_of_it(two: Two) -> None:
    handover = sent(two)
    accept(two, handover, carry_forward_to=OWNER)
    assert opened(two, handover)[SECRET["what"]]["became"] == {"owner": OWNER}
    assert "Invented concern." in opened(two, handover, HEAD)
    seen = opened(two, handover, BUSINESS)
    assert seen["withheld concern"]["became"] is None
    assert seen["Invented concern."]["became"] == {"owner": OWNER}
    parts = [part for _, part, _ in logged(two.sender)]
    assert parts == ["dispatch/content.json", "acceptance/content.json"] * 3, "written down"


def test_harm_comes_first_and_each_child_goes_by_name_unless_withheld(two: Two) -> None:
    names = [{"kind": "legal", "full": "Invented Person", "given": "Invented"}]
    child = samples.child(names=names, handling=SECRET["handling"])
    handover = sent(two, {**CASE, "children": [child]})
    later = samples.concern("later", what="Invented and later.")
    adding.supplement(two.sender, WORKER, handover, Said({}, {"parts": {"concerns": [later]}}))
    assert set(two.run()) == {"done"}
    found = items.items(two.receiver, WORKER, handover, "To plan a visit")
    types = [kind for kind, _ in groupby(one["type"] for one in found)]
    assert types == ["concern", "action", "minutes", "professional", "gap"]
    words = [one["what"] for one in found if one["type"] == "concern"]
    assert words == ["Invented concern.", SECRET["what"], later["what"]], "as they were told"
    assert {one["child_name"] for one in found if one["child"]} == {"Invented"}
    hidden = items.items(two.receiver, BUSINESS, handover, "To plan a visit")
    assert {one["child_name"] for one in hidden} == {None}


def test_a_child_who_is_not_accepted_has_nobody_s_name_put_to_its_items(two: Two) -> None:
    handover = sent(two)
    accept(two, handover, "adjourned", carry_forward_to=OWNER)
    assert not any(one["disposition"] for one in opened(two, handover).values())
    with pytest.raises(NotAllowed, match="not-your-side"):
        respond.say(two.sender, WORKER, handover, "disposition", Said({}, None))


BAD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"dispositions": 1}, {}),
    ({"dispositions": [1]}, {}),
    ({"results": 1}, {}),
    ({"results": [{"child": 1}]}, {"items": 1}),
    ({}, {"items": {}}),
]


def test_what_is_not_of_the_form_is_refused_as_ever(two: Two) -> None:
    handover = sent(two)
    for codes, words in BAD:
        for kind in ("acceptance", "disposition"):
            said = Said(codes, words, carry_forward_to=OWNER)
            with pytest.raises(Malformed):
                respond.say(two.receiver, HEAD, handover, kind, said)
