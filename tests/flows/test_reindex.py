"""The index follows from the statements: computed anew, it is the same."""

from app.flows import read, reindex, send
from app.flows.site import Site
from app.store import handovers
from tests.flows import acts
from tests.flows.conftest import HEAD, WORKER, Two

MORE = (
    "INSERT INTO handovers SELECT '1' || substr(handover, 2), peer, side, opened_at, transfer, "
    "basis, restricted, own_reference, team, label_sealed, state, head, length, changed_at, "
    "sequence + 100 FROM handovers"
)
"""Handovers that nobody has said a word about."""


def again(site: Site) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    count = reindex.reindex(site, lambda done, all_: seen.append((done, all_)))
    assert seen == [(number, count) for number in range(1, count + 1)]
    return seen


def stories(two: Two) -> list[str]:
    """Handovers at several stages, one of them not yet confirmed, saved at several times."""
    first = acts.dispatched(two)
    two.clock.forward(days=2)
    second = acts.notified(two)
    acts.accept(two, first)
    two.run()
    two.clock.forward(days=20)
    acts.say(two.sender, second, "recall")
    two.run()
    third = acts.begin(two)
    send.notify(two.sender, WORKER, third, acts.NOTIFICATION)
    two.clock.forward(days=40)
    return [first, second, third]


def test_what_is_computed_anew_is_what_was_there(two: Two) -> None:
    handed = stories(two)
    for site, count in ((two.sender, 3), (two.receiver, 2)):
        before, own = acts.index(site), acts.everything(site)["own_records"]
        shown = read.list_handovers(site, HEAD).rows
        assert before["clocks"]
        assert before["items"]
        assert len(again(site)) == count
        assert acts.index(site) == before
        assert acts.everything(site)["own_records"] == own
        assert read.list_handovers(site, HEAD).rows == shown
        assert [row["handover"] for row in shown] == handed[:count]


def test_what_is_missing_wrong_or_too_much_is_put_right(two: Two) -> None:
    stories(two)
    before = acts.index(two.receiver)
    for damage in (
        "DELETE FROM clocks",
        "UPDATE handovers SET state = 'closed', label_sealed = NULL, length = 99",
        "UPDATE handover_children SET holder = 'sender'",
        "DELETE FROM items",
        MORE,
    ):
        with two.receiver.database.write() as uow:
            uow.connection.exec_driver_sql(damage)
        assert acts.index(two.receiver) != before
        assert len(again(two.receiver)) == 2
        assert acts.index(two.receiver) == before


def test_a_lost_index_comes_back(two: Two) -> None:
    """Its rows are then as of today."""
    handed = stories(two)
    shown = {one: read.show(two.sender, HEAD, one) for one in handed}
    with two.sender.database.write() as uow:
        handovers.clear(uow.connection)
    again(two.sender)
    assert {one: read.show(two.sender, HEAD, one) for one in handed} == shown
    after = acts.index(two.sender)
    again(two.sender)
    assert acts.index(two.sender) == after


def test_nothing_to_index(two: Two) -> None:
    assert again(two.sender) == []
