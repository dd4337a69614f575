"""The packaged timetables, freezing them, and what they say in words."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CaseHandoverError, Malformed, NotFound, TooLarge
from app.handover.calendars import Nation
from app.handover.codes import Fact, Planned, Stay, Transfer
from app.handover.timetable import FrozenTimetable
from app.handover.timetables import (
    LOCAL,
    MAX_BYTES,
    NationTimetable,
    PartnershipSettings,
    describe,
    freeze,
    load_timetable,
)

FOLDER = Path(__file__).parents[2] / "app" / "handover" / "timetables"
NATIONS: tuple[Nation, ...] = get_args(Nation)
TIMETABLES = {
    nation: load_timetable((FOLDER / f"{nation}.toml").read_bytes()) for nation in NATIONS
}
FACTS = {*get_args(Fact), "query_asked", "query_answered", "items_settled", "permanence_agreed"}
ON = date(2026, 12, 18)

SMALL = b"""
nation = "england"
[[step]]
code = "acknowledge"
title = "Acknowledge"
owes = "receiver"
after = ["notified"]
within = { n = 1, unit = "working_days" }
met_by = ["acknowledged"]
soon = 0
source = "here"
[[source]]
id = "here"
title = "Procedures"
publisher = "A partnership"
reference = "Chapter 1"
"""


def frozen(
    sender: Nation = "england", receiver: Nation = "england", **changes: Any
) -> FrozenTimetable:
    case = {"transfer": "cp_permanent", "stay": "permanent", "planned": "unplanned", "on": ON}
    given = {"settings": PartnershipSettings(), **case, **changes}
    return freeze(sender, receiver, TIMETABLES, **given)


def codes(timetable: FrozenTimetable) -> set[str]:
    return {step.code for step in timetable.steps}


@pytest.mark.parametrize("table", TIMETABLES.values(), ids=TIMETABLES)
def test_both_sides_read_the_same_title_so_none_says_our(table: NationTimetable) -> None:
    titles = [step.title for step in table.steps]
    assert not any(word in {"our", "we", "us"} for title in titles for word in title.split())


@pytest.mark.parametrize("nation", NATIONS)
def test_files_hold_their_nation_and_known_facts(nation: Nation) -> None:
    table = TIMETABLES[nation]
    assert table.nation == nation
    for step in table.steps:
        heard = {*step.after, *step.met_by}
        heard |= {fact for other in step.alternatives for fact in other.after or ()}
        assert heard <= FACTS, step.code
        assert not {*step.after} & {*step.met_by}, step.code
        assert step.source != "judgement" or step.judgement, step.code
        names = [other.name for other in step.alternatives]
        assert len(set(names)) == len(names), step.code


def test_a_step_is_owed_by_the_same_side_everywhere() -> None:
    """So the sender's and the receiver's nations never bring one code twice."""
    owed = {(step.code, step.owes) for table in TIMETABLES.values() for step in table.steps}
    assert len({code for code, _ in owed}) == len(owed)


def test_a_source_reads_the_same_everywhere() -> None:
    sources = {source for table in TIMETABLES.values() for source in table.sources}
    assert len({source.id for source in sources}) == len(sources)
    assert LOCAL not in {source.id for source in sources}


def test_every_row_of_northern_ireland_says_that_it_is_unverified() -> None:
    assert not any(step.verified for step in TIMETABLES["northern_ireland"].steps)


@pytest.mark.parametrize(
    ("nation", "step", "n", "unit", "after"),
    [
        ("england", "notify_receiver", 0, "same_day", ("learned",)),
        ("england", "agree_interim_protection", 24, "hours", ("learned", "notified")),
        ("england", "tell_agencies", 5, "working_days", ("learned", "notified")),
        ("england", "acknowledge", 0, "same_working_day", ("notified",)),
        ("england", "transfer_conference", 15, "working_days", ("notified",)),
        ("england", "end_own_plan", 5, "working_days", ("accepted",)),
        ("wales", "send_papers", 3, "calendar_days", ("notified",)),
        ("wales", "transfer_conference", 15, "working_days", ("permanence_agreed",)),
        ("scotland", "transfer_conference", 21, "working_days", ("notified",)),
        ("northern_ireland", "transfer_conference", 15, "working_days", ("notified",)),
    ],
)
def test_limits_are_those_of_the_sources(
    nation: Nation, step: str, n: int, unit: str, after: tuple[str, ...]
) -> None:
    found = {row.code: row for row in frozen(nation, nation).steps}[step]
    assert (found.n, found.unit, found.after) == (n, unit, after)


@pytest.mark.parametrize(
    ("nation", "choice", "expected"),
    [
        ("england", "papers_received", (15, "working_days", ("papers_received",), "bolton")),
        ("england", "referral_accepted", (15, "working_days", ("referral_accepted",), "tees")),
        ("england", "written_notification", (15, "working_days", ("notified",), "norfolk")),
        ("scotland", "calendar_days", (21, "calendar_days", ("notified",), "south_ayrshire")),
        ("scotland", "ten_working_days", (10, "working_days", ("notified",), "scottish_borders")),
    ],
)
def test_a_partnership_chooses_among_disputed_readings(
    nation: Nation, choice: str, expected: tuple[Any, ...]
) -> None:
    settings = PartnershipSettings(choices={"transfer_conference": choice})
    steps = frozen(nation, nation, settings=settings).steps
    found = next(step for step in steps if step.code == "transfer_conference")
    assert (found.n, found.unit, found.after, found.source) == expected


def test_a_partnership_sets_its_own_limits_steps_and_days() -> None:
    settings = PartnershipSettings.model_validate_json(
        """{"limits": {"see_child_alone": {"n": 4, "unit": "working_days"}},
            "left_out": ["confirm_address"],
            "days": {"england": {"2026-12-24": "closed", "2026-12-28": "open"}}}"""
    )
    timetable = frozen("england", "wales", settings=settings)
    own = next(step for step in timetable.steps if step.code == "see_child_alone")
    assert (own.n, own.source) == (4, LOCAL)
    assert describe(TIMETABLES, "wales", own.code, LOCAL).source.title.startswith("Set by")
    assert codes(frozen("england", "wales")) - codes(timetable) == {"confirm_address"}
    assert date(2026, 12, 24) in timetable.closed_days("sender")
    assert date(2026, 12, 28) not in timetable.closed_days("sender")
    assert date(2026, 12, 28) in timetable.closed_days("receiver")  # Wales keeps its own


@pytest.mark.parametrize(
    "settings",
    [
        {"choices": {"transfer_confrence": "papers_received"}},
        {"choices": {"transfer_conference": "whenever"}},
        {"limits": {"nothing": {"n": 1, "unit": "hours"}}},
        {"left_out": ["nothing"]},
    ],
)
def test_a_slip_in_the_settings_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        frozen(settings=PartnershipSettings.model_validate(settings))


def test_each_side_owes_what_its_own_nation_asks() -> None:
    timetable = frozen("england", "scotland")
    expected = {
        "sender": {
            step.code for step in frozen("england", "england").steps if step.owes == "sender"
        },
        "receiver": {s.code for s in frozen("scotland", "scotland").steps if s.owes == "receiver"},
    }
    for side, wanted in expected.items():
        assert {step.code for step in timetable.steps if step.owes == side} == wanted
    assert date(2027, 1, 4) in timetable.closed_days("receiver")
    assert date(2027, 1, 4) not in timetable.closed_days("sender")


@pytest.mark.parametrize(
    ("case", "present", "absent"),
    [
        (
            {"planned": "unplanned"},
            {"agree_interim_protection", "see_child_urgently"},
            {"see_child"},
        ),
        ({"planned": "planned"}, {"agree_supervision", "see_child"}, {"agree_interim_protection"}),
        (
            {"transfer": "cp_temporary", "stay": "temporary"},
            {"temporary_list", "acknowledge", "see_child_urgently"},
            {"transfer_conference", "arrange_conference", "end_own_plan"},
        ),
        ({"stay": "unknown"}, {"transfer_conference"}, set()),
        ({"stay": "temporary"}, {"temporary_list"}, {"transfer_conference"}),
        ({"transfer": "child_in_need"}, {"decide_referral"}, {"transfer_conference"}),
        ({"transfer": "looked_after"}, {"notify_placement"}, {"transfer_conference"}),
        ({"transfer": "private_fostering"}, {"visit_private_fostering"}, {"end_own_plan"}),
        (
            {"transfer": "information_only"},
            {"notify_receiver", "send_papers", "acknowledge"},
            {"tell_agencies", "see_child_alone", "decide_referral"},
        ),
    ],
)
def test_rows_apply_to_their_kind_of_move(
    case: dict[str, Any], present: set[str], absent: set[str]
) -> None:
    found = codes(frozen(**case))
    assert present <= found
    assert not absent & found


def test_in_wales_a_long_temporary_stay_comes_to_a_conference() -> None:
    found = codes(frozen("wales", "wales", transfer="cp_temporary", stay="temporary"))
    assert {"decide_long_stay", "transfer_conference"} <= found


CASES = list(product(NATIONS, NATIONS, get_args(Transfer), get_args(Stay), get_args(Planned)))


@given(st.sampled_from(CASES), st.dates(date(2024, 2, 29), date(2040, 12, 31)))
def test_every_case_freezes_small_and_survives_the_journey(
    case: tuple[Nation, Nation, Transfer, Stay, Planned], on: date
) -> None:
    sender, receiver, transfer, stay, planned = case
    timetable = frozen(sender, receiver, transfer=transfer, stay=stay, planned=planned, on=on)
    wire = timetable.model_dump_json()
    assert len(wire) < 8 * 1024  # leaves room for 400 items in a payload of 64 KiB
    assert FrozenTimetable.model_validate_json(wire) == timetable
    assert timetable.from_ < on.isoformat() < timetable.until
    assert {"notify_receiver", "send_papers", "acknowledge"} <= codes(timetable)


def test_a_nation_without_a_file_is_not_found() -> None:
    with pytest.raises(NotFound):
        freeze(
            "england", "wales", {"england": TIMETABLES["england"]},
            "cp_permanent", "permanent", "planned", PartnershipSettings(), ON,
        )  # fmt: skip


def test_steps_are_described_in_their_nations_words() -> None:
    here = describe(TIMETABLES, "england", "transfer_conference", "nottinghamshire")
    assert here.title == "Hold the transfer-in conference"
    assert here.source.publisher == "Nottinghamshire Safeguarding Children Partnership"
    assert (here.judgement, here.verified) == (False, True)
    assert (
        "planning meeting"
        in describe(TIMETABLES, "scotland", "transfer_conference", "highland").title
    )
    assert describe(TIMETABLES, "england", "see_child", "judgement").judgement
    assert not describe(TIMETABLES, "northern_ireland", "acknowledge", "unverified").verified
    # A partnership that chose a published alternative no longer relies on judgement.
    assert not describe(TIMETABLES, "england", "written_result", "north_yorkshire").judgement


def test_what_a_newer_version_sends_is_shown_by_its_id() -> None:
    newer = describe(TIMETABLES, "england", "tell_the_school", "act_2031")
    assert (newer.title, newer.source.title, newer.verified) == (
        "tell_the_school",
        "act_2031",
        False,
    )
    assert describe({}, "england", "acknowledge", "bolton").title == "acknowledge"


def test_a_small_file_loads() -> None:
    assert [step.code for step in load_timetable(SMALL).steps] == ["acknowledge"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'source = "here"', b'source = "nowhere"'),
        (b'owes = "receiver"', b'owes = "somebody"'),
        (b"n = 1, unit", b"n = 0, unit"),
        (b"n = 1, unit", b"n = -1, unit"),
        (b"n = 1, unit", b'n = "1", unit'),
        (b'unit = "working_days"', b'unit = "same_day"'),
        (b'unit = "working_days"', b'unit = "fortnights"'),
        (b'after = ["notified"]', b"after = []"),
        (b'after = ["notified"]', b"after = [2026-12-18]"),
        (b'code = "acknowledge"', b'code = "Acknowledge!"'),
        (b"soon = 0", b"soon = 0\ncolour = 1"),
        (b'nation = "england"', b'nation = "france"'),
        (b'nation = "england"', b""),
        (b"[[source]]", b"[[source]"),
        (b'title = "Acknowledge"', b'title = "\xff"'),
        (b"soon = 0", b"soon = " + b"[" * 5000),
    ],
)
def test_a_wrong_file_is_malformed(old: bytes, new: bytes) -> None:
    assert old in SMALL
    with pytest.raises(Malformed):
        load_timetable(SMALL.replace(old, new, 1))


def test_a_step_comes_once_in_a_file() -> None:
    step = SMALL[SMALL.index(b"[[step]]") : SMALL.index(b"[[source]]")]
    with pytest.raises(Malformed):
        load_timetable(SMALL + step)


def test_a_file_has_a_size() -> None:
    with pytest.raises(TooLarge):
        load_timetable(SMALL + b"#" * MAX_BYTES)


@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_refused(noise: bytes) -> None:
    try:
        loaded = load_timetable(SMALL + noise)
    except CaseHandoverError:
        return
    assert isinstance(loaded, NationTimetable)
