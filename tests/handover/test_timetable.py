"""The frozen timetable: what may travel, and what an acknowledgement may change."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import Conflict, Malformed
from app.handover.timetable import (
    MAX_STEPS,
    FrozenStep,
    FrozenTimetable,
    replace_receiver_steps,
)


def step(code: str, owes: str = "receiver", n: int = 15, **changes: Any) -> FrozenStep:
    row = {
        "code": code,
        "owes": owes,
        "after": ["notified"],
        "begins": "first",
        "n": n,
        "unit": "working_days",
        "met_by": ["conference_held"],
        "soon": 5,
        "source": "here",
    }
    return FrozenStep.model_validate({**row, **changes})


STEPS = [step("send_papers", "sender", 3), step("transfer_conference"), step("arrange", n=2)]
WIRE: dict[str, Any] = {
    "v": 1,
    "from": "2025-12-18",
    "until": "2028-12-18",
    "nations": {"sender": "england", "receiver": "scotland"},
    "closed": {"sender": ["2026-12-25"], "receiver": ["2026-12-25", "2027-01-04"]},
    "steps": [row.model_dump(mode="json") for row in STEPS],
}
TIMETABLE = FrozenTimetable.model_validate_json(json.dumps(WIRE))


def test_it_says_on_the_wire_what_it_was_read_from() -> None:
    assert json.loads(TIMETABLE.model_dump_json()) == WIRE
    assert TIMETABLE.model_dump(mode="json") == WIRE


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"from": "2029-01-01"},
        {"until": "2028-02-30"},
        {"until": "2028-12-18T00:00:00Z"},
        {"nations": {"sender": "england", "receiver": "france"}},
        {"closed": {"sender": ["Christmas"], "receiver": []}},
        {"closed": {"sender": ["2026-12-25"] * 201, "receiver": []}},
        {"steps": [WIRE["steps"][0], WIRE["steps"][0]]},
        {"steps": [{**WIRE["steps"][0], "code": f"s{k}"} for k in range(MAX_STEPS + 1)]},
        {"steps": [{**WIRE["steps"][0], "title": "Send the papers"}]},
        {"steps": [{**WIRE["steps"][0], "source": "Mrs Example said so"}]},
        {"steps": [{**WIRE["steps"][0], "n": 401}]},
        {"steps": [{**WIRE["steps"][0], "n": 1.0}]},
        {"steps": [{**WIRE["steps"][0], "n": 0}]},
        {"steps": [{**WIRE["steps"][0], "unit": "same_day"}]},
        {"steps": [{**WIRE["steps"][0], "after": []}]},
        {"steps": [{**WIRE["steps"][0], "soon": -1}]},
        {"note": "words"},
    ],
)
def test_nothing_else_travels(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FrozenTimetable.model_validate_json(json.dumps({**WIRE, **change}))


def test_the_receiver_replaces_its_own_step_in_place() -> None:
    after = replace_receiver_steps(TIMETABLE, [step("transfer_conference", n=10)])
    assert [row.code for row in after.steps] == ["send_papers", "transfer_conference", "arrange"]
    assert [row.n for row in after.steps] == [3, 10, 2]
    assert [row.n for row in TIMETABLE.steps] == [3, 15, 2]


def test_the_receiver_adds_steps_but_drops_none() -> None:
    after = replace_receiver_steps(TIMETABLE, [step("tell_school")])
    assert [row.code for row in after.steps][-2:] == ["arrange", "tell_school"]
    assert replace_receiver_steps(TIMETABLE, []) == TIMETABLE


@pytest.mark.parametrize(
    "given",
    [
        [step("send_papers", "sender", 1)],
        [step("something_new", "sender")],
        [step("send_papers", "receiver", 1)],  # taking the sender's step over
        [step("transfer_conference", "sender")],  # giving one's own away
        [step("arrange", n=1), step("send_papers", "sender", 1)],
    ],
)
def test_the_senders_steps_are_out_of_reach(given: list[FrozenStep]) -> None:
    with pytest.raises(Conflict) as refused:
        replace_receiver_steps(TIMETABLE, given)
    assert refused.value.code == "not-your-step"


def test_a_replacement_names_each_step_once_and_not_too_many() -> None:
    with pytest.raises(Malformed):
        replace_receiver_steps(TIMETABLE, [step("arrange"), step("arrange", n=1)])
    room = MAX_STEPS - len(STEPS)
    extra = [step(f"extra{k}") for k in range(room + 1)]
    assert len(replace_receiver_steps(TIMETABLE, extra[:room]).steps) == MAX_STEPS
    with pytest.raises(Malformed):
        replace_receiver_steps(TIMETABLE, extra)
