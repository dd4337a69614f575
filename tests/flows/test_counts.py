"""The same number of statements to the database, however many rows there are or are shown."""

from collections.abc import Callable
from functools import partial

from app.flows import read, respond, restored
from app.flows.respond import Said
from tests import plans
from tests.filling import Fill, fill
from tests.flows import acts
from tests.flows.acts import PERSON
from tests.flows.conftest import HEAD, ON_BOTH, WORKER, Two
from tests.handover import make


def statements(act: Callable[[], object]) -> int:
    """How many were issued."""
    heard: list[str] = []
    with plans.listening(lambda _, one: heard.append(one.sql)):
        act()
    return len(heard)


def filled(two: Two) -> None:
    with two.receiver.database.write() as uow:
        fill(uow.connection, Fill(1, 250, two.clock()))


@ON_BOTH
def test_of_a_list(two: Two) -> None:
    acts.opened_by_hand(two)
    look = partial(read.list_handovers, two.receiver, HEAD)
    few = statements(lambda: look(limit=1))
    filled(two)
    assert len(look(limit=200).rows) == 200
    assert statements(lambda: look(limit=200)) == few
    assert statements(lambda: look(limit=200, overdue=True)) == few
    with two.receiver.database.write() as uow:
        restored.begin(uow, two.clock())
    assert statements(lambda: look(limit=200)) == statements(lambda: look(limit=1))


@ON_BOTH
def test_of_what_is_due(two: Two) -> None:
    acts.opened_by_hand(two)
    two.clock.forward(days=60)
    look = partial(read.overdue, two.receiver, HEAD)
    few = statements(look)
    shown = {row["handover"] for row in look().rows}
    for number in range(5):
        acts.opened_by_hand(two, make.ident(f"counted {number}"))
    two.clock.forward(days=60)
    assert len({row["handover"] for row in look().rows}) == len(shown) + 5
    assert statements(look) == few
    assert statements(partial(read.due_soon, two.receiver, HEAD)) == few


@ON_BOTH
def test_of_one_among_many(two: Two) -> None:
    handovers = [acts.dispatched(two), acts.dispatched(two)]

    def counts(handover: str) -> tuple[int, int]:
        say = partial(respond.say, two.receiver, WORKER, handover, "acknowledgement")
        words = Said({}, {"person": PERSON})
        shown = statements(lambda: read.show(two.receiver, HEAD, handover))
        return shown, statements(lambda: say(words, handover))

    few = counts(handovers[0])
    filled(two)
    assert counts(handovers[1]) == few
