"""The frozen timetable: what may travel, and what an acknowledgement may change."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import Conflict
from app.handover.timetable import (
    MAX_STEPS,
    AcknowledgedStep,
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
        {"from": "2029-01-01", "closed": {"sender": [], "receiver": []}},
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
        {"until": "2029-01-19"},
        {"closed": {"sender": ["2026-12-28", "2026-12-25"], "receiver": []}},
        {"closed": {"sender": [], "receiver": ["2026-12-25", "2026-12-25"]}},
        {"closed": {"sender": ["2025-12-17"], "receiver": []}},
        {"closed": {"sender": [], "receiver": ["2026-12-25", "2028-12-19"]}},
    ],
)
def test_nothing_else_travels(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FrozenTimetable.model_validate_json(json.dumps({**WIRE, **change}))


def test_a_timetable_reaches_as_far_as_it_may() -> None:
    edges = {"sender": ["2025-12-18", "2029-01-18"], "receiver": []}
    wire = {**WIRE, "until": "2029-01-18", "closed": edges}
    assert FrozenTimetable.model_validate_json(json.dumps(wire)).until == "2029-01-18"


def limit(code: str, n: int, unit: str = "working_days") -> AcknowledgedStep:
    return AcknowledgedStep.model_validate(
        {"code": code, "n": n, "unit": unit, "source": "partnership"}
    )


def test_the_receiver_sets_another_limit_for_its_own_step_and_nothing_else() -> None:
    after = replace_receiver_steps(TIMETABLE, [limit("transfer_conference", 10, "calendar_days")])
    assert [row.code for row in after.steps] == ["send_papers", "transfer_conference", "arrange"]
    assert [row.n for row in after.steps] == [3, 10, 2]
    assert [row.n for row in TIMETABLE.steps] == [3, 15, 2]
    expected = {"n": 10, "unit": "calendar_days", "source": "partnership"}
    assert after.steps[1] == STEPS[1].model_copy(update=expected)
    assert after == FrozenTimetable.model_validate_json(after.model_dump_json())
    assert replace_receiver_steps(TIMETABLE, []) == TIMETABLE


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([limit("send_papers", 1)], "not-your-step"),
        ([limit("something_new", 1)], "unknown-step"),
        ([limit("arrange", 1), limit("send_papers", 1)], "not-your-step"),
        ([limit("arrange", 1), limit("something_new", 1)], "unknown-step"),
    ],
)
def test_all_other_steps_are_out_of_reach(given: list[AcknowledgedStep], code: str) -> None:
    with pytest.raises(Conflict) as refused:
        replace_receiver_steps(TIMETABLE, given)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"after": ["moved"]},
        {"begins": "last"},
        {"met_by": ["notified"]},
        {"soon": 30},
        {"owes": "sender"},
        {"n": 0},
        {"unit": "same_day"},
        {"source": "Mrs Example said so"},
    ],
)
def test_what_starts_and_meets_a_step_is_nobodys_to_change(change: dict[str, Any]) -> None:
    row = {"code": "arrange", "n": 1, "unit": "hours", "source": "partnership"}
    AcknowledgedStep.model_validate(row)
    with pytest.raises(ValidationError):
        AcknowledgedStep.model_validate({**row, **change})
