"""The patterns of the demonstration's case, against figures counted by hand from its TOML.

How it was counted: `today` is Wednesday 25 November 2026. Each entry of the TOML that belongs to a
pattern was written down with its offset, the day counted back on a calendar, and where the offset
ends in `w` and the day is a Saturday or Sunday, the Friday before taken. Then the days from one to
the next were counted on the calendar again. The comments give each day.
"""

from collections.abc import Iterable
from datetime import date

import pytest

from app.casefile.model import parse_case_file
from app.casefile.patterns import Patterns, patterns
from app.demo import story

TODAY = date(2026, 11, 25)


def refs(*names: str) -> tuple[str, ...]:
    return tuple(story.ref("sampleton", name) for name in names)


@pytest.fixture(scope="module")
def found() -> Patterns:
    return patterns(parse_case_file(story.case_file(TODAY)), TODAY)


def test_missed(found: Patterns) -> None:
    """Three `missed_appointment` and one `no_access` in the whole file."""
    seen = {one.start: (one.appointments, one.no_access) for one in found.missed.quarters}
    assert seen == {
        "2025-07-01": (refs("e16"), ()),  # -455w: 27 August 2025
        "2025-10-01": (refs("e22"), ()),  # -365w: 25 November 2025
        "2026-01-01": (refs("e28"), ()),  # -250w: 20 March 2026
        "2026-10-01": ((), refs("e51")),  # -8w: 17 November 2026
    }
    assert found.missed.not_dated == ()


def test_incidents(found: Patterns) -> None:
    """How many of each kind, and days between; e03 and e07 are dated to a month (`m`)."""
    counts = {one.kind: (len(one.dated), len(one.not_dated)) for one in found.incidents}
    assert counts == {
        "injury": (2, 0),  # e06 e23
        "physical_signs": (1, 0),  # e43
        "allegation": (1, 0),  # e49
        "disclosure": (1, 0),  # e29
        "unsafe_supervision": (3, 0),  # e24 e34 e48
        "hygiene_or_clothing": (1, 0),  # e19
        "school_or_nursery_absence": (2, 1),  # e40 e52, e07
        "domestic_abuse": (1, 0),  # e04
        "unsuitable_adults": (1, 0),  # e39
        "police_attendance": (1, 0),  # e17
        "substance_misuse": (3, 0),  # e09 e20 e45
        "mental_health": (1, 1),  # e36, e03
    }
    of = {one.kind: one for one in found.incidents}
    unsafe = of["unsafe_supervision"]
    # 17 December 2025; 29 May 2026 (31 May is a Sunday); 9 November 2026
    assert tuple(one.entry for one in unsafe.dated) == refs("e24", "e34", "e48")
    assert unsafe.days_between == (163, 164)
    # 3 January 2025 (a Friday; -690 is Saturday the 4th); 31 October 2025; 23 October 2026
    assert of["substance_misuse"].days_between == (301, 357)
    assert of["injury"].days_between == (862,)  # 1 August 2023; 10 December 2025


def test_allegations(found: Patterns) -> None:
    """Of e29 (disclosure), e49 (allegation), concern-kyle (allegation) and concern-nights
    (reported by Janet, once), e29 and concern-kyle have Maisie's own words, and are not linked."""
    (maisie,) = found.allegations
    assert (maisie.person,) == refs("maisie")
    assert [said.entries for said in maisie.said] == [refs("e29"), refs("concern-kyle")]


def test_injuries(found: Patterns) -> None:
    """The scald, the forehead, the bruises; of these alone a concern tells the same words."""
    assert [(one.entries, len(one.tellings), one.changed) for one in found.injuries] == [
        (refs("e06"), 1, False),
        (refs("e23"), 1, False),
        (refs("e43", "concern-bruise"), 2, False),
    ]


def test_reviews(found: Patterns) -> None:
    """Reviews on 24 April (-215w) and 9 October 2026 (-45w; 11 October is a Sunday)."""
    first, second = found.reviews.around
    assert (first.on, second.on) == ("2026-04-24", "2026-10-09")
    # 13 March to 23 April: e28 20 March, e29 30 March, e30 9 April
    assert first.before is not None
    assert first.before.negative == refs("e28", "e29", "e30")
    assert (first.before.positive, first.before.mixed) == ((), ())
    # 25 April to 5 June: e32 29 April, e33 19 May, e34 29 May
    assert first.after is not None
    assert first.after.negative == refs("e32", "e33", "e34")
    assert (first.after.positive, first.after.mixed) == ((), ())
    # 28 August to 8 October: e41 28 August (the 29th is a Saturday), e42 16 September, e43
    assert second.before is not None
    assert second.before.positive == refs("e41", "e42")
    assert (second.before.negative, second.before.mixed) == (refs("e43"), ())
    # 10 October to 20 November: e45 e48 e49 e51 e52; e47; e46. The move (e53) is on the 21st.
    assert second.after is not None
    assert sorted(second.after.negative) == sorted(refs("e45", "e48", "e49", "e51", "e52"))
    assert (second.after.positive, second.after.mixed) == (refs("e47"), refs("e46"))
    assert (_codes(one.code for one in first.outcomes)) == {"unchanged": 4, "improved": 1}
    assert (_codes(one.code for one in second.outcomes)) == {
        "unchanged": 2, "improved": 2, "worse": 2
    }  # fmt: skip
    got_worse = {one.outcome for one in second.outcomes if (one.before, one.code) ==
                 ("unchanged", "worse")}  # fmt: skip
    assert got_worse == set(refs("outcome-adults", "outcome-substances"))
    assert found.reviews.events_not_dated == refs("e03", "e07", "e26")


def _codes(codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts


def test_moves(found: Patterns) -> None:
    """Moves on 23 February 2025 (-640), 29 April (-210w) and 21 November 2026 (-4); the workers
    on 4 and 5 May 2026. Maisie alone of the children is named in the first move."""
    years = {
        one.year: (one.moves, one.worker_changes, one.in_chronology) for one in found.moves.years
    }
    assert years == {
        2025: (refs("move-1"), (), refs("e11")),
        2026: (refs("move-2", "move-3"), refs("change-1", "change-2"), refs("e32", "e33", "e53")),
    }
    lived = [(one.child, one.moves, one.worker_changes) for one in found.moves.children]
    maisie, alfie = refs("maisie", "alfie")
    assert lived == [(maisie, 3, 2), (alfie, 2, 2)]


def test_seen(found: Patterns) -> None:
    """Maisie by her teaching assistant on 13 November, alone (-11w; the 14th is a Saturday);
    Alfie at nursery on 16 November (-9w), and nowhere alone: he is 19 months old."""
    maisie, alfie = found.seen
    assert maisie.seen is not None
    assert maisie.alone == maisie.seen
    assert (maisie.seen.entry,) == refs("concern-kyle")
    assert (maisie.seen.at_least, maisie.seen.at_most) == (12, 12)
    assert alfie.seen is not None
    assert (alfie.seen.on, alfie.seen.at_most, alfie.alone) == ("2026-11-16", 9, None)


def test_grades(found: Patterns) -> None:
    """Four areas of Alfie's, graded twice: on 19 January (-310w) and 30 July 2026 (-118w)."""
    seen = {one.area: [(grade.on, grade.grade) for grade in one.grades] for one in found.grades}
    first, second = "2026-01-19", "2026-07-30"
    assert seen == {
        "esteem": [(first, "3"), (second, "3")],
        "love": [(first, "2"), (second, "2")],
        "physical care": [(first, "4"), (second, "3")],
        "safety": [(first, "4"), (second, "5")],
    }
    assert all(one.whole_numbers and (one.child,) == refs("alfie") for one in found.grades)
