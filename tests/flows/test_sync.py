"""Synchronising: lost receipts, restored databases, and who learns nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.crypto.ids import new_id
from app.flows import read, send, sync
from app.flows.site import Site
from app.outside.peers import Refused
from app.store import handovers
from app.store.unit_of_work import Database
from tests.flows import acts
from tests.flows.acts import kept, ledger, wire, without_work
from tests.flows.conftest import RECEIVER, SENDER, THIRD, WORKER, Two, Wire
from tests.handover import make
from tests.trust.making import refused


def asked(by: Site, handover: str | None = None, **members: Any) -> bytes:
    body = {"nonce": new_id(), **({"have": 0} if handover else {}), **members.pop("body", {})}
    return wire(by, "sync", handover, body=body, **members)


class Backup:
    """A site's database as it was, put back under a site of its own."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._site = site
        self._copy = folder / "backup.db"
        file = site.database._writer.url.database
        assert file is not None
        self._file = Path(file)
        with site.database.write() as uow:  # nobody writes meanwhile, and nothing is in a journal
            uow.connection.exec_driver_sql("SELECT 1")
            shutil.copy(self._file, self._copy)
            journal = Path(f"{self._file}-wal")
            if journal.exists():
                shutil.copy(journal, f"{self._copy}-wal")

    def restored(self) -> Site:
        return replace(self._site, database=Database(f"sqlite:///{self._copy}"))


# What was lost


def test_a_sender_that_lost_a_receipt_pulls_it(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    whole = Wire.upload

    def lose(*arguments: Any) -> bytes:
        whole(*arguments)
        raise Refused("http-502", "Lost", retryable=True)

    with monkeypatch.context() as patched:
        patched.setattr(Wire, "upload", lose)
        assert two.run() == ["http-502"]
    assert ledger(two.sender, handover) == []
    assert sync.pull(two.sender, RECEIVER, handover) == 1
    assert ledger(two.sender, handover) == ledger(two.receiver, handover)
    assert read.show(two.sender, WORKER, handover)["unconfirmed"] == []
    assert sync.pull(two.sender, RECEIVER, handover) == 0
    before = acts.everything(two.receiver)
    two.clock.forward(seconds=30)
    assert two.run() == ["done"], "there is nothing left to do"
    assert acts.everything(two.receiver) == before


def grown(two: Two, handover: str) -> None:
    """More of a handover: by both sides, the last of it not yet delivered."""
    send.dispatch(two.sender, WORKER, handover, [], None)
    two.run()
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    acts.say(two.sender, handover, "query")
    two.run()
    acts.accept(two, handover)
    two.run()


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_a_restored_side_pulls_what_it_lacks(two: Two, tmp_path: Path, side: str) -> None:
    handover = acts.notified(two)
    lucky, unlucky = (two.receiver, two.sender) if side == "sender" else (two.sender, two.receiver)
    backup = Backup(unlucky, tmp_path)
    grown(two, handover)
    full, index = ledger(lucky, handover), acts.index(unlucky)
    restored = backup.restored()
    without_work(restored)
    assert len(ledger(restored, handover)) == 1
    assert sync.pull(restored, lucky.authority, handover) == len(full) - 1
    assert ledger(restored, handover) == full
    changed = acts.index(restored)
    for table in ("handover_children", "items"):
        assert changed[table] == index[table]
    assert sync.pull(restored, lucky.authority, handover) == 0
    restored.database.close()


def test_a_restored_side_that_had_nothing_asks_which_there_are(two: Two, tmp_path: Path) -> None:
    backups = [Backup(site, tmp_path / name) for site, name in _folders(two, tmp_path)]
    ids = sorted(acts.notified(two) for _ in range(3))
    for backup, other in zip(backups, (two.receiver, two.sender), strict=True):
        restored = backup.restored()
        assert sync.handovers_with(restored, other.authority) == ids
        for handover in ids:
            assert sync.pull(restored, other.authority, handover) == 1
            assert ledger(restored, handover) == ledger(other, handover)
            with restored.database.read() as uow:
                row = handovers.get(uow.connection, handover)
            assert row is not None
            assert row.side == ("sender" if restored.authority == SENDER else "receiver")
        restored.database.close()


def _folders(two: Two, tmp_path: Path) -> Iterator[tuple[Site, str]]:
    for site, name in ((two.sender, "one"), (two.receiver, "two")):
        (tmp_path / name).mkdir()
        yield site, name


def test_many_handovers_and_many_entries_come_page_by_page(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "MAX_HANDOVERS", 2)
    monkeypatch.setattr(sync, "MAX_ENTRIES", 2)
    ids = [acts.notified(two) for _ in range(3)]
    waiting = acts.begin(two)
    send.notify(two.sender, WORKER, waiting, acts.NOTIFICATION)
    assert sync.handovers_with(two.receiver, SENDER) == sorted([*ids, waiting])
    assert sync.handovers_with(two.sender, RECEIVER) == sorted(ids)
    without_work(two.sender)
    for number in range(5):
        body = {"query": make.ident(f"query {number}"), "about": "minutes"}
        acts.say(two.receiver, ids[0], "query", body)
    without_work(two.receiver)
    assert sync.pull(two.sender, RECEIVER, ids[0]) == 5
    assert ledger(two.sender, ids[0]) == ledger(two.receiver, ids[0])


def test_a_keeper_that_holds_less_says_so(two: Two, tmp_path: Path) -> None:
    """It will ask; and until then the sender's ledger is the longer one."""
    handover = acts.notified(two)
    backup = Backup(two.receiver, tmp_path)
    grown(two, handover)
    two.wire.sites["http://127.0.0.1:2"] = restored = backup.restored()
    error = refused(partial(sync.pull, two.sender, RECEIVER, handover), "sync-ahead")
    assert error.retryable
    sync.pull(restored, SENDER, handover)
    assert sync.pull(two.sender, RECEIVER, handover) == 0
    restored.database.close()


def test_two_ledgers_that_have_parted_are_kept_as_evidence(two: Two, tmp_path: Path) -> None:
    """A keeper that was restored and issued before it had asked."""
    handover = acts.notified(two)
    backup = Backup(two.receiver, tmp_path)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    mine = ledger(two.sender, handover)
    two.wire.sites["http://127.0.0.1:2"] = restored = backup.restored()
    two.clock.forward(seconds=1)
    for _ in range(2):
        acts.say(restored, handover, "fact")
    refused(partial(sync.pull, two.sender, RECEIVER, handover), "ledger-prev")
    assert ledger(two.sender, handover) == mine
    (evidence,) = kept(two.sender, handover, "evidence")
    assert evidence.digest == ledger(restored, handover)[2]["digest"]
    refused(partial(sync.pull, two.sender, RECEIVER, handover), "ledger-prev")
    assert len(kept(two.sender, handover, "evidence")) == 1
    restored.database.close()


# Who is answered


def test_a_question_is_answered_once_and_while_it_is_fresh(two: Two) -> None:
    handover = acts.notified(two)
    question = asked(two.sender, handover)
    assert len(sync.answer(two.receiver, question)) == 2
    refused(partial(sync.answer, two.receiver, question), "nonce-used")
    two.clock.forward(minutes=5)
    refused(partial(sync.answer, two.receiver, question), "nonce-used")
    two.clock.forward(seconds=1)
    refused(partial(sync.answer, two.receiver, question), "sync-stale")
    two.clock.forward(hours=1)
    refused(partial(sync.answer, two.receiver, question), "sync-stale")
    ahead = asked(two.sender, handover)
    two.clock.forward(minutes=-5, seconds=-1)
    refused(partial(sync.answer, two.receiver, ahead), "sync-stale")
    two.clock.forward(seconds=1)
    assert sync.answer(two.receiver, ahead)


def test_a_third_authority_learns_nothing(two: Two, third: Site) -> None:
    handover = acts.notified(two)
    answers = set()
    for one in (handover, make.ident("no such handover")):
        for site in (two.sender, two.receiver):
            to = site.authority
            error = refused(
                partial(sync.answer, site, asked(third, one, to=to)), "no-such-handover"
            )
            answers.add((str(error), error.retryable))
            assert sync.answer(site, asked(third, None, to=to)) == []
            assert sync.answer(site, asked(third, None, to=to, body={"after": "a" * 26})) == []
    assert len(answers) == 1, "what there is looks like what there is not"


@pytest.mark.parametrize("kind", ["fact", "receipt", "notification"])
def test_only_a_sync_is_answered(two: Two, kind: str) -> None:
    handover = acts.notified(two)
    bundle = acts.sealed(two.receiver, kind, handover) if kind == "notification" else None
    said = wire(two.sender, kind, handover, bundle)
    before = acts.everything(two.receiver)
    refused(partial(sync.answer, two.receiver, said), "sync-form")
    assert acts.everything(two.receiver) == before


def test_a_question_to_another_is_not_answered(two: Two, third: Site) -> None:
    handover = acts.notified(two)
    said = asked(two.sender, handover, to=THIRD)
    refused(partial(sync.answer, two.receiver, said), "statement-for-other")
