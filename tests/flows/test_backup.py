"""A backup is taken while the service runs and brought back, on either database; and what was lost
between the two comes back from the other authority before anything is issued."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.access import ROLES, Caller
from app.crypto.ids import digest
from app.crypto.strictjson import canonical
from app.errors import Conflict, Malformed, NotFound, NotVerified
from app.flows import audit, disclose, draft, health, read, reindex, restored, send
from app.flows.attaching import AttachmentSink
from app.flows.backup import manifest
from app.flows.backup import restore as restoring
from app.flows.backup.restore import Place
from app.flows.backup.take import Taken
from app.flows.site import Site
from app.resources import folder
from app.settings import Settings
from app.store import held, lists
from app.store.lists import Filter
from app.trust import accesslog
from tests.casefile import samples
from tests.flows import acts
from tests.flows.acts import ledger
from tests.flows.conftest import HEAD, RECEIVER, SENDER, THIRD, WORKER, Two
from tests.flows.drill import Drill, drill, into, nobody
from tests.trust.making import refused

__all__ = ["drill", "into"]

OPERATOR = Caller("cli:tester", frozenset(ROLES), frozenset())
MIGRATIONS = folder("migrations")


def sites(two: Two, side: str) -> tuple[Site, Site]:
    """Who is lucky, and who loses everything."""
    return (two.receiver, two.sender) if side == "sender" else (two.sender, two.receiver)


def grown(two: Two, handover: str) -> None:
    """More of a handover, by both sides."""
    send.dispatch(two.sender, WORKER, handover, [], None)
    two.run()
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    acts.say(two.sender, handover, "query")
    two.run()
    acts.accept(two, handover)
    two.run()


# What comes back


@pytest.mark.parametrize(
    ("new_database", "into", "side"),
    [
        ("sqlite", "sqlite", "sender"),
        ("sqlite", "postgresql", "receiver"),
        ("postgresql", "sqlite", "sender"),
        ("postgresql", "postgresql", "receiver"),
    ],
    indirect=["new_database", "into"],
)
def test_last_nights_backup_and_the_other_side_lose_nothing(drill: Drill, side: str) -> None:
    two = drill.two
    lucky, unlucky = sites(two, side)
    handover = acts.notified(two)
    taken = drill.back_up(unlucky)
    assert taken.missing == ()
    two.clock.forward(minutes=1)
    grown(two, handover)
    later = acts.notified(two)
    full = {one: ledger(lucky, one) for one in (handover, later)}
    index = acts.index(unlucky)
    new = drill.restore(unlucky, taken)
    assert len(ledger(new, handover)) == 1
    assert set(drill.run(new)) == {"done"}
    for one, entries in full.items():
        assert ledger(new, one) == entries == ledger(lucky, one)
    found = acts.index(new)
    for table in ("handover_children", "clocks", "items"):
        assert found[table] == index[table]
    reindex.reindex(new, nobody)
    assert acts.index(new) == found


def test_a_backup_of_a_draft_and_its_documents_is_whole(drill: Drill) -> None:
    two = drill.two
    handover = acts.notified(two)
    put(two.sender, handover, 1, b"Fictional minutes")
    before = acts.everything(two.sender)
    new = drill.restore(two.sender, drill.back_up(two.sender))
    after = acts.everything(new)
    same = before.keys() - {"meta", "counters", "access_log", "jobs"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert set(drill.run(new)) == {"done"}
    send.dispatch(new, WORKER, handover, [], None)
    assert drill.run(new) == ["done"]
    assert read.show(two.receiver, WORKER, handover)["state"] == "dispatched"


def put(site: Site, handover: str, number: int, data: bytes) -> None:
    """A document of a draft."""
    sink = AttachmentSink(site, WORKER, handover, number, "minutes.txt", "text/plain")
    sink.feed(data)
    sink.finish()


# Until then


def test_nothing_is_issued_before_what_is_lacking_was_asked_for(drill: Drill) -> None:
    two = drill.two
    handover = acts.notified(two)
    waiting = acts.begin(two)
    send.notify(two.sender, WORKER, waiting, acts.NOTIFICATION)
    taken = drill.back_up(two.receiver)
    two.run()
    two.clock.forward(minutes=1)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    acts.say(two.sender, handover, "fact")
    new = drill.restore(two.receiver, taken)
    refused(partial(acts.say, new, handover, "fact"), "restoring")
    assert set(two_with(two, new).run()) == {"restoring"}, "no receipt, no refusal, no upload"
    assert len(ledger(new, handover)) == 1
    row = read.show(new, WORKER, handover)
    assert row["restoring"]
    assert [one["restoring"] for one in read.list_handovers(new, HEAD).rows] == [True]
    assert SENDER in warning(new)
    assert set(drill.run(new)) == {"done"}
    assert warning(new) == ""
    assert not read.show(new, WORKER, handover)["restoring"]
    two.clock.forward(minutes=5)
    assert set(drill.run(new)) == {"done"}
    acts.say(new, handover, "fact")
    drill.run(new)
    assert len(ledger(new, handover)) == 4
    assert ledger(new, handover) == ledger(two.sender, handover)


def test_what_waited_to_be_delivered_waits_on(drill: Drill) -> None:
    """It may be another's place that it would take."""
    two = drill.two
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    new = drill.restore(two.sender, drill.back_up(two.sender))
    assert two_with(two, new).run() == ["restoring"]
    assert two.receiver.blobs.ids() == []
    assert set(drill.run(new)) == {"done"}
    two.clock.forward(seconds=10)
    drill.run(new)
    assert read.show(two.receiver, WORKER, handover)["state"] == "notified"


def test_who_answers_what_we_have_forgotten_is_not_sent_away_for_good(drill: Drill) -> None:
    """Our draft is there again, and what we have said of it is not."""
    two = drill.two
    handover = acts.begin(two)
    taken = drill.back_up(two.sender)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    two.run()
    new = drill.restore(two.sender, taken)
    acts.say(two.receiver, handover, "acknowledgement")
    assert two_with(two, new).run() == ["restoring"]
    assert set(drill.run(new)) == {"done"}
    assert read.show(new, WORKER, handover)["state"] == "acknowledged"


def warning(site: Site) -> str:
    """What is said of who was not asked since the restore."""
    found = [one for check, _ in health.CHECKS for one in health.done(check, site)]
    return "".join(one.detail for one in found if one.code == "restoring")


def two_with(two: Two, new: Site) -> Two:
    return replace(two, receiver=new) if new.authority == RECEIVER else replace(two, sender=new)


def test_who_cannot_be_reached_holds_up_nobody_else(drill: Drill, third: Site) -> None:
    two = drill.two
    handover = acts.notified(two)
    taken = drill.back_up(two.sender)
    new = drill.restore(two.sender, taken)
    two.wire.dead.add("http://127.0.0.1:2")
    assert sorted(drill.run(new)) == ["done", "peer-unreachable"]
    assert f"{RECEIVER} (peer-unreachable)" in warning(new)
    assert THIRD not in warning(new)
    begun = begin(new, THIRD)
    assert send.notify(new, WORKER, begun, acts.NOTIFICATION).handover == begun
    refused(partial(acts.say, new, handover, "fact"), "restoring")
    refused(partial(send.notify, new, WORKER, begin(new, RECEIVER), acts.NOTIFICATION), "restoring")


def begin(site: Site, recipient: str) -> str:
    """A draft for somebody."""
    return draft.create(
        site, WORKER, recipient=recipient, own_reference="FICTION/2", transfer="cp_permanent",
        team=None, case_file=samples.case(),
    ).id  # fmt: skip


def test_a_person_goes_on_and_it_is_written_down(drill: Drill) -> None:
    two = drill.two
    handover = acts.notified(two)
    new = drill.restore(two.sender, drill.back_up(two.sender))
    with pytest.raises(NotFound, match="authority-unknown"):
        restored.go_on(new, OPERATOR, THIRD, "Rang them")
    refused(partial(restored.go_on, new, OPERATOR, RECEIVER, " "), "access-purpose")
    restored.go_on(new, OPERATOR, RECEIVER, "Rang the duty desk")
    assert acts.say(new, handover, "fact").kind == "fact"
    with pytest.raises(NotFound, match="not-held"):
        restored.go_on(new, OPERATOR, RECEIVER, "Rang them")
    *_, last = audit.page(new, OPERATOR, 0, 100).entries
    assert (last.act, last.handover, last.who) == ("go_on", None, "cli:tester")
    assert last.purpose == f"{RECEIVER}: Rang the duty desk"
    again = drill.restore(new, drill.back_up(new))
    refused(partial(acts.say, again, handover, "fact"), "restoring")


def test_the_access_log_goes_on_from_the_backup_and_says_so(drill: Drill) -> None:
    two = drill.two
    handover = acts.dispatched(two)
    disclose.words(two.receiver, WORKER, handover, "dispatch", "To plan")
    taken = drill.back_up(two.receiver)
    disclose.words(two.receiver, WORKER, handover, "dispatch", "To plan more")
    lost = audit.head(two.receiver, OPERATOR)
    new = drill.restore(two.receiver, taken)
    first, second = audit.page(new, OPERATOR, 0, 100).entries
    assert (first.act, second.act, second.who) == ("open", "restore", "cli:tester")
    assert "after number 1" in second.purpose
    chain = b"".join(audit.lines(new, OPERATOR)).splitlines()
    assert audit.verify(chain, accesslog.START) == audit.head(new, OPERATOR)
    refused(partial(audit.verify, chain, lost), "access-log-broken")


# What is in a backup


def test_what_was_changed_is_not_brought_back(drill: Drill, tmp_path: Path) -> None:
    """By whoever can write where backups lie; the digests of a manifest that they make fit, too."""
    two = drill.two
    acts.notified(two)
    put(two.sender, acts.begin(two), 1, b"Fictional minutes")
    taken = drill.back_up(two.sender).folder
    keyring = two.sender.keyring
    assert len(restoring.check(taken, keyring).files) > 20
    for path in [one for one in taken.rglob("*") if one.is_file()]:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if whole else b"x")
        with pytest.raises((NotVerified, Malformed), match="backup-"):
            restoring.check(taken, keyring)
        path.unlink()
        with pytest.raises(NotVerified, match="backup-c"):
            restoring.check(taken, keyring)
        path.write_bytes(whole)
    said = json.loads((taken / manifest.FILE).read_bytes())
    tokens = taken / "tables" / "tokens.jsonl"
    tokens.write_bytes(row := b"{}\n")
    said["manifest"]["files"]["tables/tokens.jsonl"] = {"size": len(row), "sha256": digest(row)}
    (taken / manifest.FILE).write_bytes(canonical(said))
    refused(partial(restoring.check, taken, keyring), "backup-changed")
    with pytest.raises(NotVerified):
        drill.restore(two.sender, Taken(taken, 0, 0, 0, ()))
    (home,) = tmp_path.glob("new-*")
    assert not (home / "keyring.age").exists()


def test_only_an_empty_place_is_filled(drill: Drill) -> None:
    two = drill.two
    taken = drill.back_up(two.sender)
    new = drill.restore(two.sender, taken)
    place = Place(drill.folder / "other", new.settings, new.database, new.blobs, MIGRATIONS)
    again = partial(restoring.restore, taken.folder, new.keyring, "cli:x", place, nobody)
    refused(again, "restore-not-empty")
    with pytest.raises(Conflict, match="restore-not-empty"):
        restoring.check_empty(drill.folder / "new-0", new.settings)
    other = Settings(authority=RECEIVER)
    refused(
        partial(
            restoring.restore, taken.folder, new.keyring, "cli:x", replace(place, settings=other),
            nobody,
        ),
        "restore-other-authority",
    )  # fmt: skip


def test_what_is_deleted_while_a_backup_is_taken_is_not_missed(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft is changed after the rows were read and before its sealed text is copied."""
    two = drill.two
    handover = acts.begin(two)
    everything_named = held.everything_named

    def changed_meanwhile(connection: Any) -> list[held.Named]:
        found = everything_named(connection)
        monkeypatch.undo()
        changing = Thread(target=change)
        changing.start()
        changing.join()
        return found

    def change() -> None:
        draft.replace_case_file(two.sender, WORKER, handover, samples.case())

    monkeypatch.setattr(held, "everything_named", changed_meanwhile)
    taken = drill.back_up(two.sender)
    assert taken.missing == ()
    files = {path.name for path in (taken.folder / "blobs").iterdir()}
    assert files == set(two.sender.blobs.ids())
    new = drill.restore(two.sender, taken)
    assert draft.case_file(new, draft.find(new, WORKER, handover))


def test_what_the_service_has_lost_is_said_and_left_out(drill: Drill) -> None:
    two = drill.two
    handover = acts.dispatched(two)
    with two.receiver.database.read() as uow:
        named = {one.sha256: one for one in held.everything_named(uow.connection)}
    damaged, gone = named.values()
    with two.receiver.blobs.reader(damaged.blob) as sealed:
        data = sealed.read(damaged.size or 0)
    two.receiver.blobs.delete(damaged.blob)
    two.receiver.blobs.append(damaged.blob, 0, data[:-1] + bytes([data[-1] ^ 1]))
    two.receiver.blobs.delete(gone.blob)
    taken = drill.back_up(two.receiver)
    assert taken.missing == tuple(sorted((damaged.blob, gone.blob)))
    new = drill.restore(two.receiver, taken)
    assert ledger(new, handover) == ledger(two.sender, handover)
    with new.database.read() as uow:
        assert held.everything_named(uow.connection) == []


def test_changes_go_on_behind_all_that_programs_have_seen(drill: Drill) -> None:
    two = drill.two
    taken = drill.back_up(two.sender)
    handover = acts.notified(two)
    with two.sender.database.read() as uow:
        seen = lists.page(uow.connection, Filter(), 0, 10)[-1].sequence
    new = drill.restore(two.sender, taken)
    drill.run(new)
    (row,) = read.list_handovers(new, HEAD, after=seen).rows
    assert row["handover"] == handover
