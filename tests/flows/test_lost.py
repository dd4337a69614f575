"""What a row names is never deleted, whoever calls it lost; what no row names goes in the end."""

import ast
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.flows import draft, expire, lost, parcels, receive, send, uploading
from app.flows.attaching import AttachmentSink
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.store import uploads
from app.store.blobs import BlobStore
from app.store.unit_of_work import Database, UnitOfWork
from tests.casefile import samples
from tests.flows import acts
from tests.flows.acts import sealed, wire
from tests.flows.conftest import WORKER, Two
from tests.handover import make
from tests.trust.making import refused

APP = Path(receive.__file__).parents[1]


def announce(two: Two, said: bytes) -> BundleWanted:
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    return wanted


def uploaded(two: Two) -> tuple[BundleWanted, bytes]:
    """An upload whose bytes are all there, and its statement."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = announce(two, said)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    return wanted, said


def test_one_door_deletes() -> None:
    for path in APP.rglob("*.py"):
        calls = [
            ast.unparse(node)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr == "delete"
        ]
        if path.parent.name != "store" and path.name != "lost.py":
            assert not [call for call in calls if "blobs" in call], path


@contextmanager
def seen_as_over(two: Two, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A tick has seen that every upload is over, and goes on when it is told to."""
    over = two.clock() + timedelta(hours=two.receiver.settings.upload_hours)
    with two.receiver.database.read() as uow:
        rows = uploads.expired(uow.connection, over, 10)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "expired", lambda *_: rows)
        yield lambda: expire.old_uploads(two.receiver, over)


def test_an_upload_that_is_concluded_as_its_time_ends_keeps_its_bundle(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, _ = uploaded(two)
    with seen_as_over(two, monkeypatch) as go_on:
        receive.complete(two.receiver, wanted.upload, wanted.secret)
        go_on()
    assert two.receiver.blobs.length(wanted.upload) > 0


def test_an_upload_that_is_taken_up_as_its_time_ends_goes_on(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, said = uploaded(two)
    with seen_as_over(two, monkeypatch) as go_on:
        two.clock.forward(hours=1)
        again = announce(two, said)
        go_on()
    receive.complete(two.receiver, again.upload, again.secret)


def test_bytes_that_go_before_their_words_are_read_are_asked_for_again(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, _ = uploaded(two)
    admit = parcels.admit

    def slow(site: Site, *given: object) -> parcels.Opened:
        opened = admit(site, *given)  # type: ignore[arg-type] # as it was called
        site.blobs.delete(wanted.upload)
        return opened

    monkeypatch.setattr(parcels, "admit", slow)
    complete = partial(receive.complete, two.receiver, wanted.upload, wanted.secret)
    assert refused(complete, "blob-missing").retryable


@dataclass(eq=False)
class LosesItsAnswer:
    """A database that commits, and whose answer to that is lost once."""

    database: Database
    left: int = 1

    def read(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.read()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        with self.database.write() as uow:
            yield uow
        self.left -= 1
        if self.left == 0:
            raise Unavailable("database-unreachable", "The database cannot be reached: try again.")


def forgetful(site: Site) -> Site:
    return replace(site, database=LosesItsAnswer(site.database))  # type: ignore[arg-type] # the real one inside


def test_a_statement_whose_commit_was_not_answered_keeps_its_bundle(two: Two) -> None:
    handover = acts.begin(two)
    notify = partial(send.notify, forgetful(two.sender), WORKER, handover, acts.NOTIFICATION)
    refused(lambda: notify(), "database-unreachable")
    assert two.run() == ["done"], "it was issued, and its bundle is there"


def test_a_document_whose_commit_was_not_answered_stays(two: Two) -> None:
    handover = acts.begin(two)
    sink = AttachmentSink(forgetful(two.sender), WORKER, handover, 1, "a.txt", "text/plain")
    sink.feed(b"fictional")
    refused(sink.finish, "database-unreachable")
    sink.abort()
    (row,) = draft.attachments(two.sender, handover)
    assert b"".join(draft.unsealed(two.sender, row.blob)) == b"fictional"


def test_what_can_t_be_deleted_spoils_nothing_and_is_found_later(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(store: BlobStore, blob_id: str) -> None:
        raise Unavailable("storage-failed", "Try again.")

    handover = acts.begin(two)
    before = two.sender.blobs.ids()
    with monkeypatch.context() as patch:
        patch.setattr(BlobStore, "delete", away)
        draft.replace_case_file(two.sender, WORKER, handover, samples.case())
    assert draft.case_file(two.sender, draft.find(two.sender, WORKER, handover))
    assert set(before) < set(two.sender.blobs.ids())
    for _ in range(2):
        lost.collect(two.sender, two.clock(), -timedelta(days=1))
    assert len(two.sender.blobs.ids()) == 1
    assert draft.case_file(two.sender, draft.find(two.sender, WORKER, handover))


def test_nothing_is_collected_after_a_day_in_which_nobody_looked(two: Two) -> None:
    """A clock that was set forward makes what is being sealed look old, and wakes the tick."""
    two.sender.blobs.append("lost", 0, b"sealed")
    for hours, kept in ((0, True), (25, True), (24, False)):
        two.clock.forward(hours=hours)
        lost.collect(two.sender, two.clock(), -timedelta(days=1))
        assert two.sender.blobs.ids() == (["lost"] if kept else [])
