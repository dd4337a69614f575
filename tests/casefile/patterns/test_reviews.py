"""Before and after each review, by tables made by hand."""

from datetime import date
from typing import Any

from app.casefile.patterns.found import Reviews
from tests.casefile.patterns.counting import count, happened, refs
from tests.casefile.samples import ref


def review(name: str, on: str) -> dict[str, Any]:
    return {"id": ref(name), "on": on}


def plan(*reviews: dict[str, Any], name: str = "plan") -> dict[str, Any]:
    return {"id": ref(name), "kind": "child_protection", "reviews": list(reviews)}


def found(*reviews: dict[str, Any], on: date = date(2031, 3, 5), **sections: Any) -> Reviews:
    return count(on, plans=[plan(*reviews)], **sections).reviews


def bad(name: str, on: str, impact: str = "negative") -> dict[str, Any]:
    return happened(name, on, impact=impact)


def test_six_weeks_before_and_after_and_not_the_day_itself() -> None:
    events = [
        bad("too early", "2030-05-19"),
        bad("first", "2030-05-20"),
        bad("last before", "2030-06-30"),
        bad("the day", "2030-07-01"),
        bad("after", "2030-07-02T00:00:00Z", "positive"),
        bad("last", "2030-08-12", "mixed"),
        bad("too late", "2030-08-13"),
        bad("neutral", "2030-07-03", "neutral"),
        happened("without", "2030-07-03"),
        bad("unknown", "2030-07-04", "unknown"),
    ]
    (around,) = found(review("r", "2030-07-01"), chronology=events).around
    assert around.before is not None
    assert around.after is not None
    assert around.before.negative == refs("first", "last before")
    assert (around.before.start, around.before.end) == ("2030-05-20", "2030-06-30")
    assert (around.before.days, around.after.days) == (42, 42)
    assert (around.after.negative, around.after.positive) == ((), refs("after"))
    assert around.after.mixed == refs("last")
    assert (around.before.not_rated, around.after.not_rated) == ((), refs("without", "unknown"))


def test_windows_end_at_the_next_review_and_at_today() -> None:
    events = [bad("between", "2030-07-05"), bad("on the second", "2030-07-11")]
    first, second = found(
        review("second", "2030-07-11"), review("first", "2030-07-01"),
        on=date(2030, 7, 20), chronology=events,
    ).around  # fmt: skip
    assert first.after == second.before
    assert first.after is not None
    assert (first.after.days, first.after.negative) == (9, refs("between"))
    assert second.after is not None
    assert (second.after.start, second.after.end) == ("2030-07-12", "2030-07-20")


def test_a_window_without_a_day_is_none() -> None:
    first, second = found(
        review("a", "2030-07-01"), review("b", "2030-07-02"), on=date(2030, 7, 2)
    ).around
    assert (first.after, second.before, second.after) == (None, None, None)
    (edge,) = found(review("a", "0001-01-01")).around
    assert edge.before is None
    (edge,) = found(review("a", "9999-12-31"), on=date.max).around
    assert edge.after is None


def test_reviews_of_one_day_are_one_row() -> None:
    plans = [plan(review("b", "2030-07-01"), name="p"), plan(review("a", "2030-07-01"), name="q")]
    (around,) = count(plans=plans).reviews.around
    assert set(around.reviews) == set(refs("a", "b"))


def test_what_has_no_day_is_listed_and_placed_nowhere() -> None:
    events = [
        bad("some month", "2030-06"),
        happened("about", "2030-06-30", impact="mixed", circa=True),
    ]
    seen = found(
        review("r", "2030-07-01"), review("month", "2030-07"), review("later", "2031-03-06"),
        chronology=events,
    )  # fmt: skip
    assert [around.on for around in seen.around] == ["2030-07-01"]
    assert seen.not_dated == refs("month", "later")
    assert seen.events_not_dated == refs("some month", "about")
    (around,) = seen.around
    assert around.before is not None
    assert around.before.negative == ()


def test_each_outcome_has_its_code_beside_the_one_before() -> None:
    progress = [
        {"on": "2030-07-02", "code": "worse", "review": ref("second")},
        {"on": "2030-05-01", "code": "improved", "review": ref("first")},
        {"on": "2030-06-01", "code": "achieved"},
    ]
    outcome = {"id": ref("outcome"), "what": "Invented.", "progress": progress}
    same_day = {
        "id": ref("other"), "what": "Invented.", "progress": [{"on": "2030-07-01", "code": "worse"}]
    }  # fmt: skip
    first, second = found(
        review("first", "2030-05-01"), review("second", "2030-07-01"), outcomes=[outcome, same_day]
    ).around
    assert [(one.outcome, one.before, one.code) for one in first.outcomes] == [
        (ref("outcome"), None, "improved")
    ]
    assert sorted((one.outcome, one.before, one.code) for one in second.outcomes) == sorted(
        [(ref("outcome"), "achieved", "worse"), (ref("other"), None, "worse")],
        key=lambda one: one[0],
    )
