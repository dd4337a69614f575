"""Two replicas of one authority, on one database and one blob store, behind one address: whichever
a request reaches, an upload goes on, and ends once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from app.crypto.ids import digest
from app.demo import story
from app.flows.rates import Rates
from app.flows.site import Site
from app.handover.statement import reopen
from app.store import bundles, uploads
from app.store.blobs import open_blobs
from app.store.unit_of_work import Database
from tests.api.conftest import Door, code, door, new_draft
from tests.api.sender import Sent, Wanted, issued
from tests.flows.acts import kept
from tests.flows.conftest import Two
from tests.flows.test_crossing import TODAY


@pytest.fixture
def replicas(two: Two, blobs_setting: str, tmp_path: Path) -> Iterator[list[Site]]:
    """What two processes open: nothing is shared but what lasts."""
    url = two.receiver.database._writer.url.render_as_string(hide_password=False)
    found = [
        replace(two.receiver, database=Database(url), blobs=open_blobs(blobs_setting, tmp_path),
                rates=Rates())
        for _ in range(2)
    ]  # fmt: skip
    yield found
    for site in found:
        site.database.close()


@pytest.fixture
def both(two: Two, sending: Door, replicas: list[Site]) -> list[Sent]:
    """One notification that waits at the sender, and the exchange of each replica."""
    draft = new_draft(sending.desk())
    body = {"words": story.notification(TODAY)}
    assert sending.desk().post(f"/v1/drafts/{draft}/notification", body).status_code == 201
    said, bundle = issued(two.sender, draft)
    return [Sent(two, door(site).desk(None), draft, said, bundle) for site in replicas]


def at(sent: Sent, wanted: Wanted) -> Wanted:
    """The same upload, asked at another replica."""
    return Wanted(sent, wanted.path, wanted.secret)


ON_EACH = pytest.mark.parametrize(
    ("new_database", "blobs_setting"),
    [("sqlite", "folder"), ("postgresql", "s3")],
    indirect=True,
)


@ON_EACH
def test_an_upload_goes_on_at_any_replica_and_ends_with_one_receipt(
    both: list[Sent], replicas: list[Site]
) -> None:
    first = both[0].wanted()
    bundle = both[0].bundle
    size = 1 + len(bundle) // 7
    for turn, offset in enumerate(range(0, len(bundle), size)):
        upload, other = at(both[turn % 2], first), at(both[1 - turn % 2], first)
        assert other.offset() == offset
        piece = bundle[offset : offset + size]
        last = offset + size >= len(bundle)
        answer = upload.patch(offset, piece, "?1" if last else "?0")
        assert answer.status_code == (200 if last else 204)
    assert reopen(answer.content).kind == "receipt"
    for sent in both:
        assert sent.post().content == answer.content, "byte for byte, from whomever it is asked"
    for site in replicas:
        assert [row.wire for row in kept(site, both[0].handover, "receipt")] == [answer.content]
        with site.blobs.reader(first.path.rpartition("/")[2]) as sealed:
            assert sealed.read(sealed.size) == bundle


def racing(calls: list[Callable[[], Any]]) -> list[Any]:
    """Made at once, by a thread each."""
    start = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(one, call) for call in calls]]


@ON_EACH
def test_pieces_that_race_to_two_replicas_never_mix(both: list[Sent], replicas: list[Site]) -> None:
    """Each replica is sent its own cut of the bundle, at the offset that it names itself."""
    first = both[0].wanted()
    bundle = both[0].bundle
    each = [at(sent, first) for sent in both]
    offset = 0
    while offset < len(bundle):
        pieces = [bundle[offset : offset + 1 + len(bundle) // parts] for parts in (9, 5)]
        answers = racing(
            [partial(one.patch, offset, piece) for one, piece in zip(each, pieces, strict=True)]
        )
        codes = [answer.status_code for answer in answers]
        assert set(codes) <= {204, 409}
        assert codes.count(204) == 1 or pieces[0] == pieces[1]
        moved = each[0].offset()
        assert moved == each[1].offset() > offset
        offset = moved
    receipts = racing([partial(one.patch, offset, b"", "?1") for one in each])
    good = {answer.content for answer in receipts if answer.status_code == 200}
    assert len(good) == 1
    assert {code(one) for one in receipts if one.status_code != 200} <= {"upload-unknown"}
    assert both[0].post().content == both[1].post().content == good.pop()
    with replicas[0].database.read() as uow:
        assert uploads.get(uow.connection, first.path.rpartition("/")[2]) is None
        row = bundles.get(uow.connection, digest(bundle))
    assert row is not None
    with replicas[1].blobs.reader(row.blob) as sealed:
        assert sealed.read(sealed.size) == bundle


@ON_EACH
def test_a_piece_that_two_replicas_are_sent_at_once_counts_once(both: list[Sent]) -> None:
    """A sender that lost patience sends it again while the first is still taken."""
    first = both[0].wanted()
    piece = both[0].bundle[:500]
    answers = racing([partial(at(sent, first).patch, 0, piece) for sent in both])
    assert {answer.status_code for answer in answers} <= {204, 409}
    assert 204 in {answer.status_code for answer in answers}
    assert at(both[1], first).offset() == 500
