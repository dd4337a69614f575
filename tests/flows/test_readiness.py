"""What a case lacks: asked before it is sent, declared with it, owed, and answered."""

from typing import Any

import pytest

from app.access import Caller
from app.casefile import readiness as room
from app.casefile.model import parse_case_file
from app.crypto.strictjson import canonical
from app.flows import continuity, disclose, draft, items, read, readiness, respond, send
from app.flows.respond import Said
from tests.casefile import samples
from tests.flows.acts import CHILD, NOTIFICATION
from tests.flows.conftest import HEAD, ON_BOTH, RECEIVER, WORKER, Two
from tests.handover import make

OUTCOME: dict[str, Any] = {
    "id": samples.ref("outcome"), "what": "Invented outcome.", "children": [CHILD],
    "risk": "Invented risk.", "measure": "Invented measure.", "due_on": "2027-01",
    "owner": {"name": "Noor Inventado"},
}  # fmt: skip
CODE = "outcome-without-consequence"
CASE = samples.case(outcomes=[OUTCOME])


def begun(two: Two, case: dict[str, Any]) -> str:
    return draft.create(
        two.sender, WORKER, recipient=RECEIVER, own_reference="X/1", transfer="cp_permanent",
        team=None, case_file=case,
    ).id  # fmt: skip


def dispatch(two: Two, handover: str) -> None:
    send.notify(two.sender, WORKER, handover, NOTIFICATION)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert set(two.run()) == {"done"}


def gap(two: Two, handover: str, site: str = "receiver") -> dict[str, Any]:
    found = readiness.of_handover(getattr(two, site), WORKER, handover, "To see what is missing")
    (one,) = (one for one in found if one["code"] == CODE)
    return one


def clock(two: Two, handover: str, site: str = "sender") -> str:
    shown = read.show(getattr(two, site), HEAD, handover)["clocks"]
    (found,) = (one["state"] for one in shown if one["step"] == "answer_gaps")
    return str(found)


@ON_BOTH
def test_what_is_missing_travels_is_owed_and_is_answered(two: Two) -> None:
    handover = begun(two, CASE)
    told = readiness.of_draft(two.sender, WORKER, handover)
    assert [one["where"] for one in told["missing"] if one["code"] == CODE] == [
        "/outcomes/0/consequence"
    ]
    dispatch(two, handover)
    opened = disclose.words(two.receiver, WORKER, handover, "dispatch", "To plan the visit").value
    assert canonical(opened) == canonical(CASE), "the case file is as it was sent"
    here, there = gap(two, handover), gap(two, handover, "sender")
    assert here == there
    assert (here["child"], here["asked"], here["answered_on"]) == (CHILD, True, None)
    (described,) = (
        one for one in items.items(two.receiver, WORKER, handover, "To plan")
        if one["item"] == here["item"]
    )  # fmt: skip
    assert described["what"].startswith("Missing: An outcome does not say what follows")
    assert clock(two, handover) == clock(two, handover, "receiver") == "running"
    two.clock.forward(days=14)
    (late,) = [one for one in read.overdue(two.sender, HEAD).rows if one["step"] == "answer_gaps"]
    assert (late["owes"], late["side"], late["judgement"]) == ("sender", "sender", True)
    assert late["handover"] in {one["handover"] for one in read.overdue(two.receiver, HEAD).rows}

    words = {"note": "Proceedings within a week.", "by": {"name": "Fictional Worker"}}
    for item in [one["item"] for one in readiness.of_handover(two.sender, WORKER, handover, "x")
                 if one["asked"]]:  # fmt: skip
        respond.answer_gap(two.sender, WORKER, handover, item, words)
    assert set(two.run()) == {"done"}
    assert gap(two, handover)["answered_on"] == two.clock.now.date().isoformat()
    assert clock(two, handover) == clock(two, handover, "receiver") == "met_late"
    (described,) = (
        one for one in items.items(two.receiver, WORKER, handover, "To plan")
        if one["item"] == here["item"]
    )  # fmt: skip
    assert described["became"] == {"answer": words["note"], "answered_by": words["by"]}


def test_what_lacks_in_a_withheld_entry_is_not_told_of(two: Two) -> None:
    """Neither as a gap, nor as an item, nor in the merged case; of several, only the others."""
    support = Caller("user-3", frozenset({"business_support"}), frozenset({"front-door"}))
    limits = {"handling": [{"code": "court_permission"}]}
    other = {**OUTCOME, "id": samples.ref("other"), **limits}
    for outcomes, left in (([{**OUTCOME, **limits}], []), ([OUTCOME, other], [0])):
        handover = begun(two, samples.case(outcomes=outcomes))
        dispatch(two, handover)
        whole = gap(two, handover)
        assert len(whole["where"]) == len(outcomes)
        found = readiness.of_handover(two.receiver, support, handover, "To see")
        told = [one["where"] for one in found if one["code"] == CODE]
        assert told == [[f"/outcomes/{one}/consequence"] for one in left]
        (item,) = [one for one in items.items(two.receiver, support, handover, "To see")
                   if one["item"] == whole["item"]]  # fmt: skip
        assert (item["what"] is None) is not bool(left)
        both = [one["what"] for one in items.items(two.receiver, WORKER, handover, "To see")
                if one["item"] == whole["item"]]  # fmt: skip
        assert [one.count(f"“{OUTCOME['what']}”") for one in both] == [1], "it says of which"
        assert ("(2 places)" in both[0]) is (len(outcomes) == 2)
        assert "places)" not in (item["what"] or ""), "nor how many"
        shown = continuity.opened(two.receiver, support, handover, "To see").value
        assert "declared" not in shown["case"]


def test_each_gap_is_answered_or_explained_or_travels(two: Two) -> None:
    handover = begun(two, CASE)
    about = {"section": "outcomes", "entry": OUTCOME["id"], "field": "consequence"}
    explained = {"id": samples.ref("gap"), "about": about, "reason": "not_held"}
    for case, left in (
        ({**CASE, "gaps": [explained]}, 1),
        (samples.case(outcomes=[{**OUTCOME, "consequence": "Proceedings."}]), 0),
    ):
        draft.replace_case_file(two.sender, WORKER, handover, case)
        told = readiness.of_draft(two.sender, WORKER, handover)
        assert CODE not in {one["code"] for one in told["missing"]}
        assert len(told["explained"]) == left
    dispatch(two, handover)
    found = readiness.of_handover(two.receiver, WORKER, handover, "To see")
    assert CODE not in {one["code"] for one in found}


def test_taking_over_lets_nobody_off(two: Two) -> None:
    handover = begun(two, CASE)
    dispatch(two, handover)
    codes = {**make.conference([make.result(CHILD)]), "held": "2026-12-18"}
    said = Said(codes, {"chair": {"name": "Ines Fabula"}},
                carry_forward_to={"name": "Noor Inventado", "role": "Social worker"})  # fmt: skip
    respond.say(two.receiver, HEAD, handover, "acceptance", said)
    assert set(two.run()) == {"done"}
    assert gap(two, handover)["disposition"] == "carried_forward"
    assert clock(two, handover) == "running"


def test_a_check_that_fails_keeps_no_case_from_being_sent(
    two: Two, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("Invented outcome.")

    monkeypatch.setattr(readiness, "missing", fails)
    handover = begun(two, CASE)
    dispatch(two, handover)
    assert read.show(two.receiver, HEAD, handover)["state"] == "dispatched"
    assert readiness.of_handover(two.receiver, WORKER, handover, "To see") == []
    assert "Invented" not in caplog.text
    assert caplog.records[-1].__dict__["code"] == "ValueError"


def test_an_action_of_a_child_who_stays_keeps_no_case_from_being_sent(two: Two) -> None:
    stays = samples.child("stays", scope="information_only")
    action = {"id": samples.ref("action"), "what": "Invented.", "children": [stays["id"]]}
    case = samples.case(children=[samples.child(), stays], actions=[action])
    assert room.missing(parse_case_file(case), two.clock.now.date()) is not None
    handover = begun(two, case)
    dispatch(two, handover)
    assert read.show(two.receiver, HEAD, handover)["state"] == "dispatched"
