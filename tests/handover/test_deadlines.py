"""What is due when, for whom, and that it can only be computed one way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover.calendars import Nation, is_working
from app.handover.codes import Planned, Side, Stay, Transfer
from app.handover.deadlines import Clock, clock, days_over, deadlines
from app.handover.timetable import FrozenStep, FrozenTimetable
from app.handover.timetables import PartnershipSettings, freeze
from app.handover.when import instant, london_date, stamp
from tests.handover.test_timetables import NATIONS, TIMETABLES

FRIDAY = "2026-12-18T16:40:00Z"  # a Friday afternoon before Christmas


def frozen(
    sender: Nation = "england",
    receiver: Nation = "england",
    choices: dict[str, str] | None = None,
    planned: Planned = "unplanned",
    on: date = date(2026, 12, 18),
) -> FrozenTimetable:
    settings = PartnershipSettings(choices=choices or {})
    return freeze(sender, receiver, TIMETABLES, "cp_permanent", "permanent", planned, settings, on)


def at(text: str) -> datetime:
    return instant(text)


def one(
    code: str, facts: dict[str, str], now: str = FRIDAY, timetable: FrozenTimetable | None = None
) -> Clock:
    clocks = deadlines(timetable or frozen(), facts, at(now))
    return next(found for found in clocks if found.step == code)


def step(n: int, unit: str, owes: Side = "receiver", **changes: Any) -> FrozenStep:
    row = {"code": "act", "after": ["notified"], "begins": "first", "met_by": ["accepted"]}
    limit = {"n": n, "unit": unit, "soon": 2, "source": "here", "owes": owes}
    return FrozenStep.model_validate({**row, **limit, **changes})


def due(n: int, unit: str, started: str, nation: Nation = "england") -> str | None:
    timetable = frozen(nation, nation, on=london_date(started))
    found = clock(timetable, step(n, unit), {"notified": started}, at(started)).due
    return None if found is None else stamp(found)


# Notified on Friday 18 December 2026. Day 0 is that Friday.
#
# England, Wales and Northern Ireland close on 25 December, on Monday 28 December (for Saturday 26)
# and on 1 January:
#   Dec  21=1  22=2  23=3  24=4  29=5  30=6  31=7
#   Jan   4=8   5=9   6=10  7=11  8=12  11=13  12=14  13=15
# so 15 working days end on Wednesday 13 January 2027.
#
# Scotland also closes on Monday 4 January (for Saturday 2):
#   Dec  21=1  22=2  23=3  24=4  29=5  30=6  31=7
#   Jan   5=8   6=9   7=10  8=11  11=12  12=13  13=14  14=15  15=16  18=17  19=18  20=19  21=20
#   22=21
# so 10 end on Thursday 7, and 21 on Friday 22 January; 21 calendar days end on Friday 8 January.
@pytest.mark.parametrize(
    ("nation", "choice", "expected"),
    [
        ("england", None, "2027-01-13T23:59:59Z"),
        ("northern_ireland", None, "2027-01-13T23:59:59Z"),
        ("scotland", None, "2027-01-22T23:59:59Z"),
        ("scotland", "calendar_days", "2027-01-08T23:59:59Z"),
        ("scotland", "ten_working_days", "2027-01-07T23:59:59Z"),
    ],
)
def test_the_conference_after_the_friday_before_christmas(
    nation: Nation, choice: str | None, expected: str
) -> None:
    choices = {"transfer_conference": choice} if choice else {}
    timetable = frozen("england", nation, choices)
    assert at(expected) == one("transfer_conference", {"notified": FRIDAY}, FRIDAY, timetable).due


def test_in_wales_the_conference_runs_from_the_agreement() -> None:
    timetable = frozen("wales", "wales")
    facts = {"notified": FRIDAY}
    assert one("transfer_conference", facts, FRIDAY, timetable).state == "not_started"
    # Agreement is due in 5 working days: 21, 22, 23, 24 and 29 December.
    assert one("agree_permanence", facts, FRIDAY, timetable).due == at("2026-12-29T23:59:59Z")
    # Three calendar days for the papers: Monday 21 December.
    assert one("send_papers", facts, FRIDAY, timetable).due == at("2026-12-21T23:59:59Z")
    # From Tuesday 22 December: 23=1 24=2 29=3 30=4 31=5, then 4=6 to 8=10 and 11=11 to 15=15.
    facts["permanence_agreed"] = "2026-12-22"
    due_on = one("transfer_conference", facts, FRIDAY, timetable).due
    assert due_on == at("2027-01-15T23:59:59Z")


def test_each_side_counts_its_own_nations_working_days() -> None:
    """From Thursday 31 December: England works on 4 January, Scotland does not."""
    timetable, started = frozen("england", "scotland"), {"notified": "2026-12-31T09:00:00Z"}
    expectations: dict[Side, str] = {"sender": "2027-01-04", "receiver": "2027-01-05"}
    for side, expected in expectations.items():
        found = clock(timetable, step(1, "working_days", side), started, at(FRIDAY))
        assert found.due is not None
        assert london_date(found.due).isoformat() == expected


@pytest.mark.parametrize(
    ("n", "unit", "started", "expected"),
    [
        (0, "same_day", "2026-12-19T10:00:00Z", "2026-12-19T23:59:59Z"),  # a Saturday
        (0, "same_working_day", "2026-12-18T16:40:00Z", "2026-12-18T23:59:59Z"),
        (0, "same_working_day", "2026-12-19T10:00:00Z", "2026-12-21T23:59:59Z"),
        (0, "same_working_day", "2026-12-25", "2026-12-29T23:59:59Z"),
        (24, "hours", "2026-12-18T16:40:00Z", "2026-12-19T16:40:00Z"),
        (24, "hours", "2026-12-18", "2026-12-19T00:00:00Z"),  # a bare day: from its start
        (3, "calendar_days", "2026-12-24T12:00:00Z", "2026-12-27T23:59:59Z"),
        # Clocks go forward on Sunday 29 March 2026 at 01:00 UTC, and back on 25 October.
        (0, "same_day", "2026-03-28T12:00:00Z", "2026-03-28T23:59:59Z"),
        (0, "same_day", "2026-03-29T12:00:00Z", "2026-03-29T22:59:59Z"),
        (1, "working_days", "2026-03-27T12:00:00Z", "2026-03-30T22:59:59Z"),
        (24, "hours", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),  # 13:00 on the clock
        (0, "same_day", "2026-10-24T12:00:00Z", "2026-10-24T22:59:59Z"),
        (0, "same_day", "2026-10-25T12:00:00Z", "2026-10-25T23:59:59Z"),
        # 23:30 UTC on 30 June is 00:30 on 1 July in London.
        (0, "same_day", "2026-06-30T23:30:00Z", "2026-07-01T22:59:59Z"),
        (1, "working_days", "2026-06-30T23:30:00Z", "2026-07-02T22:59:59Z"),
    ],
)
def test_every_unit_ends_in_the_last_second_inside(
    n: int, unit: str, started: str, expected: str
) -> None:
    assert due(n, unit, started) == expected


def test_overdue_begins_with_the_second_after() -> None:
    facts = {"notified": FRIDAY}
    for now, state in (
        ("2026-12-18T16:39:59Z", "not_started"),
        (FRIDAY, "running"),
        # Due on Wednesday 13 January; 5 working days before it is Wednesday 6 January.
        ("2027-01-05T23:59:59Z", "running"),
        ("2027-01-06T00:00:00Z", "due_soon"),
        ("2027-01-13T23:59:59Z", "due_soon"),
        ("2027-01-14T00:00:00Z", "overdue"),
        ("2029-06-01T00:00:00Z", "overdue"),
    ):
        assert one("transfer_conference", facts, now).state == state, now
    half = at("2027-01-13T23:59:59Z") + timedelta(milliseconds=500)
    assert clock(frozen(), step(15, "working_days"), facts, half).state == "due_soon"


def test_a_silent_peer_is_overdue_and_late_stays_late() -> None:
    facts = {"notified": FRIDAY}
    assert one("acknowledge", facts, "2026-12-19").state == "overdue"
    facts["acknowledged"] = "2026-12-21T09:05:00Z"
    late = one("acknowledge", facts, "2027-12-19")
    assert (late.state, late.met_on) == ("met_late", "2026-12-21T09:05:00Z")
    assert one("acknowledge", {**facts, "acknowledged": "2026-12-18"}).state == "met"


def test_a_day_is_in_time_on_the_day_it_is_due() -> None:
    facts = {"notified": FRIDAY, "conference_held": "2027-01-13"}
    assert one("transfer_conference", facts).state == "met"
    facts["conference_held"] = "2027-01-13T23:59:59Z"
    assert one("transfer_conference", facts).state == "met"
    facts["conference_held"] = "2027-01-14"
    assert one("transfer_conference", facts).state == "met_late"


def test_any_of_several_facts_meets_a_step() -> None:
    facts = {"notified": FRIDAY, "declined": "2026-12-22", "result_written": "2027-01-01"}
    assert one("written_result", facts).met_on == "2026-12-22"


def test_the_first_fact_is_the_first_in_time_not_in_the_alphabet() -> None:
    """In summer a day starts at 23:00 UTC on the day before."""
    facts = {"learned": "2026-07-01", "notified": "2026-06-30T23:30:00Z"}
    assert one("agree_interim_protection", facts).started == "2026-07-01"


def test_a_planned_move_starts_its_clocks_when_the_family_moves() -> None:
    timetable = frozen(planned="planned")
    facts = {"notified": FRIDAY, "moved": "2027-01-20"}
    waiting = one("see_child", facts, FRIDAY, timetable)
    assert (waiting.state, waiting.started) == ("not_started", "2027-01-20")
    # 20 January is a Wednesday; 21=1 22=2 25=3 26=4 27=5.
    assert waiting.due == at("2027-01-27T23:59:59Z")
    # A move that nobody has dated still starts the clock, when it was told.
    assert one("see_child", {"notified": FRIDAY}, FRIDAY, timetable).started == FRIDAY


def test_what_only_bridges_the_wait_ends_with_acceptance() -> None:
    """Otherwise an agreement nobody wrote down would be asked for after the plan has passed."""
    facts = {"learned": FRIDAY, "notified": FRIDAY, "accepted": "2027-01-13"}
    for code in ("agree_interim_protection", "confirm_address"):
        assert one(code, facts, "2027-06-01").state == "met_late"
    assert one("see_child_alone", facts, "2027-06-01").state == "overdue"


def test_without_its_fact_nothing_starts() -> None:
    found = one("end_own_plan", {"notified": FRIDAY}, "2028-01-01")
    assert (found.state, found.started, found.due) == ("not_started", None, None)
    unknown = step(1, "working_days", after=["from_the_future"])
    assert clock(frozen(), unknown, {"notified": FRIDAY}, at(FRIDAY)).state == "not_started"


def test_beyond_the_horizon_nothing_is_computed() -> None:
    timetable = frozen()
    assert timetable.until == "2028-12-18"
    # Accepted on Monday 11 December 2028: due on Monday 18, the last day. A day later: beyond.
    inside = one("end_own_plan", {"accepted": "2028-12-11"}, "2028-12-11")
    beyond = one("end_own_plan", {"accepted": "2028-12-12"}, "2028-12-12")
    assert (inside.state, inside.due) == ("running", at("2028-12-18T23:59:59Z"))
    assert (beyond.state, beyond.due, beyond.soon) == ("not_computable", None, None)
    done = one("end_own_plan", {"accepted": "2028-12-12", "closed": "2029-02-01"})
    assert (done.state, done.due) == ("met", None)  # done; whether in time cannot be said


def test_a_move_learned_of_late_still_counts_the_holidays_before() -> None:
    """Frozen on 8 January; learned of on 24 December: 29=1 30=2 31=3 4=4 5=5."""
    timetable = frozen(on=date(2027, 1, 8))
    found = one("tell_agencies", {"learned": "2026-12-24"}, "2027-01-08", timetable)
    assert found.due == at("2027-01-05T23:59:59Z")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2027-01-13T12:00:00Z", 0),  # Wednesday, the due day
        ("2027-01-14T12:00:00Z", 0),  # overdue, but no whole day yet
        ("2027-01-15T00:00:00Z", 1),
        ("2027-01-16T12:00:00Z", 2),  # Saturday: Thursday and Friday are gone
        ("2027-01-18T12:00:00Z", 2),  # Monday
        ("2027-01-19T00:00:00Z", 3),
    ],
)
def test_days_over_are_whole_working_days(now: str, expected: int) -> None:
    found = one("transfer_conference", {"notified": FRIDAY}, now)
    assert days_over(found, at(now), frozen().closed_days("receiver")) == expected


def test_what_is_met_is_not_over() -> None:
    late = one("transfer_conference", {"notified": FRIDAY, "conference_held": "2027-02-01"})
    assert late.state == "met_late"
    assert days_over(late, at("2027-03-01"), frozenset()) == 0


# Properties

MOMENTS = st.datetimes(
    datetime(2026, 9, 1),  # noqa: DTZ001
    datetime(2029, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
WHENS = st.one_of(MOMENTS.map(stamp), st.dates(date(2026, 9, 1), date(2029, 6, 1)).map(str))
USED = sorted(
    {fact for t in TIMETABLES.values() for row in t.steps for fact in (*row.after, *row.met_by)}
)
FACTS = st.dictionaries(st.sampled_from(USED), WHENS, max_size=8)
CASES = st.builds(
    lambda s, r, t, y, p, on: freeze(s, r, TIMETABLES, t, y, p, PartnershipSettings(), on),
    st.sampled_from(NATIONS),
    st.sampled_from(NATIONS),
    st.sampled_from(get_args(Transfer)),
    st.sampled_from(get_args(Stay)),
    st.sampled_from(get_args(Planned)),
    st.dates(date(2026, 9, 1), date(2027, 6, 1)),
)
STATES = {"not_started": 0, "running": 1, "due_soon": 2, "overdue": 3}
MET = {"met", "met_late"}


@given(CASES, FACTS, MOMENTS, MOMENTS)
def test_time_only_moves_a_clock_on(
    timetable: FrozenTimetable, facts: dict[str, str], one_time: datetime, other: datetime
) -> None:
    early, late = sorted((one_time, other))
    for before, after in zip(
        deadlines(timetable, facts, early), deadlines(timetable, facts, late), strict=True
    ):
        if before.state in STATES:
            assert STATES[before.state] <= STATES[after.state]
        else:
            assert before == after


@given(CASES, FACTS, FACTS, MOMENTS)
def test_more_facts_never_unmeet_a_step(
    timetable: FrozenTimetable, facts: dict[str, str], more: dict[str, str], now: datetime
) -> None:
    for before, after in zip(
        deadlines(timetable, facts, now), deadlines(timetable, {**more, **facts}, now), strict=True
    ):
        if before.state in MET:
            assert after.state in MET
        if before.state == "met_late" and before.started == after.started:
            assert after.due == before.due


@given(CASES, FACTS, MOMENTS)
def test_working_days_are_never_due_on_a_closed_day(
    timetable: FrozenTimetable, facts: dict[str, str], now: datetime
) -> None:
    units = {row.code: row.unit for row in timetable.steps}
    for found in deadlines(timetable, facts, now):
        if found.due is not None and units[found.step] in {"working_days", "same_working_day"}:
            assert is_working(london_date(found.due), timetable.closed_days(found.owes))


@given(CASES, FACTS, MOMENTS)
def test_both_sides_compute_the_same_from_what_travelled(
    timetable: FrozenTimetable, facts: dict[str, str], now: datetime
) -> None:
    received = FrozenTimetable.model_validate_json(timetable.model_dump_json())
    assert received == timetable
    assert deadlines(received, facts, now) == deadlines(timetable, facts, now)
