"""What holds for every case file."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casefile.model import CaseFile, Plan
from app.casefile.patterns import Patterns, patterns
from tests.casefile.patterns.cases import SECTIONS, cases

few = settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
OF_ENTRIES = {
    "entry", "entries", "appointments", "no_access", "not_dated", "negative", "positive", "mixed",
    "outcome", "reviews", "moves", "worker_changes", "in_chronology", "to_come",
    "events_not_dated", "not_rated", "child",
}  # fmt: skip


def ids(found: Any, name: str = "") -> Iterator[str]:
    """Every id that the patterns name as an entry's."""
    if isinstance(found, dict):
        for inner, value in found.items():
            yield from ids(value, inner)
    elif isinstance(found, list):
        for value in found:
            yield from ids(value, name)
    elif isinstance(found, str) and name in OF_ENTRIES:
        yield found


def named(found: Patterns) -> set[str]:
    return set(ids(found.model_dump(mode="json")))


def known(case: CaseFile) -> set[str]:
    reviews = {review.id for plan in case.plans for review in plan.reviews}
    return {entry.id for entry in case.entries()} | reviews


@few
@given(cases, st.dates())
def test_every_entry_named_is_one_of_the_case(case: CaseFile, on: date) -> None:
    assert named(patterns(case, on)) <= known(case)


@few
@given(cases, st.dates(date(2030, 1, 1)), st.randoms(use_true_random=False))
def test_the_order_of_the_file_makes_no_difference(case: CaseFile, on: date, random: Any) -> None:
    shuffled = {}
    for name in SECTIONS:
        entries = list(getattr(case, name))
        random.shuffle(entries)
        shuffled[name] = tuple(entries)
    assert patterns(case.model_copy(update=shuffled), on) == patterns(case, on)


@few
@given(cases, st.dates(date(2030, 1, 1)), st.data())
def test_of_what_is_hidden_nothing_is_named(case: CaseFile, on: date, data: Any) -> None:
    every = sorted(entry.id for entry in case.entries())
    hidden = data.draw(st.frozensets(st.sampled_from(every)))
    within: set[str] = {
        review.id
        for plan in case.plans
        if isinstance(plan, Plan) and plan.id in hidden
        for review in plan.reviews
    }
    shown = {r.id for plan in case.plans if plan.id not in hidden for r in plan.reviews}
    assert not named(patterns(case, on, hidden)) & ((hidden | within) - shown)


def test_nothing_in_a_case_is_no_pattern() -> None:
    case = CaseFile.model_validate({"v": 1, "children": [{"id": "a" * 26, "status": "unborn"}]})
    found = patterns(case, date(2031, 3, 5), withheld=3)
    assert (found.on, found.withheld) == ("2031-03-05", 3)
    empty = (found.missed.quarters, found.incidents, found.allegations, found.injuries,
             found.reviews.around, found.moves.years, found.seen, found.grades)  # fmt: skip
    assert empty == ((),) * len(empty)
