"""Which items nobody has answered for."""

from app.handover.open_items import left_open
from app.handover.view import HandoverView, ItemView

ITEMS = {
    "a": ItemView("action", None),
    "b": ItemView("concern", "one"),
    "c": ItemView("outcome", "two"),
    "d": ItemView("concern", "one", "queried"),
    "e": ItemView("concern", "one", "resolved"),
}
VIEW = HandoverView("h", "s", "r", items=ITEMS)


def test_concerns_and_outcomes_come_first_and_a_question_is_no_answer() -> None:
    assert left_open(VIEW, {"one", "two"}, ()) == ("b", "c", "d", "a")


def test_only_those_of_the_children_meant_that_nothing_is_said_of() -> None:
    assert left_open(VIEW, {"one"}, {"d"}) == ("b", "a")
    assert left_open(VIEW, (), ()) == ()
