"""Peers that want too much: rates, quotas, room on the disk, and ids that are not theirs."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import CaseHandoverError, Conflict, Unavailable
from app.flows import draft, health, rates, read, receive, room, send, sync, uploading
from app.flows.attaching import AttachmentSink
from app.flows.rates import Rates
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.store.blobs import open_blobs
from tests.casefile import samples
from tests.flows import acts
from tests.flows.acts import hand_in, sealed, wire
from tests.flows.conftest import RECEIVER, SENDER, THIRD, WORKER, Clock, Two, make_site
from tests.flows.scenarios import announced, limited
from tests.handover import make
from tests.s3 import S3, Application
from tests.trust.making import refused


def opener(by: Site, name: str, size: int = 1000) -> bytes:
    """A notification of a handover of its own, to the receiver."""
    return wire(by, "notification", make.ident(name), announced(name, size), to=RECEIVER)


def flipped(said: bytes, signature: int) -> bytes:
    value = json.loads(said)
    one = value["signatures"][signature]
    text = one["signature"]
    one["signature"] = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    return json.dumps(value, separators=(",", ":")).encode()


def fact(two: Two, handover: str) -> bytes:
    """The sender's, of today."""
    body = acts.dated(two.sender, make.BODIES["fact"])
    return wire(two.sender, "fact", handover, body=body, children=[acts.CHILD])


# What does not prove itself costs nothing


def files(site: Site) -> dict[str, int]:
    """Every file of a site but the database's own journals."""
    database = site.database._writer.url.database
    assert database is not None
    home = Path(database).parent
    found = (path for path in home.rglob("*") if path.is_file() and "handover.db" not in path.name)
    return {str(path): path.stat().st_size for path in found}


def test_what_does_not_prove_itself_stores_nothing_and_spends_no_rate(
    two: Two, third: Site, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    stranger = make_site(tmp_path / "d", "gss:E08000001", two.clock, two.wire, "http://127.0.0.1:4")
    good = opener(two.sender, "one")
    cases = {
        "key-unknown": opener(stranger, "two"),
        "jws-signature-ed25519": flipped(good, 0),
        "jws-signature-mldsa65": flipped(good, 1),
        "statement-for-other": wire(two.sender, "fact", make.HANDOVER, to=THIRD),
        "statement-from-other": wire(
            third, "fact", make.HANDOVER, None, to=RECEIVER, **{"from": SENDER}
        ),
        "jws-too-large": b"x" * 200_000,
        "jws-not-canonical": b"[" * 50_000,
    }
    before, held = acts.everything(two.receiver), files(two.receiver)
    for door in (receive.statement, sync.answer):
        for code, said in cases.items():
            with pytest.raises(CaseHandoverError) as caught:
                door(two.receiver, said)
            assert caught.value.code == code
    assert (acts.everything(two.receiver), files(two.receiver)) == (before, held)
    assert two.receiver.rates == Rates(), "nobody's rate was spent"
    stranger.database.close()


# Rates


def test_each_authority_has_a_rate_of_its_own(two: Two, third: Site) -> None:
    site = limited(two.receiver, peer_rate=2)
    ask = partial(receive.statement, site)
    for _ in range(2):
        ask(opener(two.sender, "one"))
    before = acts.everything(site)
    error = refused(partial(ask, opener(two.sender, "two")), "rate-limited")
    assert isinstance(error, Unavailable)
    assert (error.retryable, error.retry_after) == (True, 30)
    refused(partial(sync.answer, site, wire(two.sender, "sync", None)), "rate-limited")
    assert acts.everything(site) == before
    ask(opener(third, "three"))
    two.clock.forward(seconds=29)
    refused(partial(ask, opener(two.sender, "two")), "rate-limited")
    two.clock.forward(seconds=1)
    ask(opener(two.sender, "two"))


def test_what_concerns_a_long_ledger_costs_more(
    two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is read each time. Asking about it is refused before that, for all others to go
    on; what concerns another goes on for its author, too."""
    handover = acts.notified(two)
    acts.say(two.sender, handover, "fact")
    two.run()
    monkeypatch.setattr(rates, "LONG", 1)
    site = replace(limited(two.receiver, peer_rate=6), rates=Rates())
    receive.statement(site, fact(two, handover))  # costs one, and two for two entries
    question = {"nonce": make.ident("nonce"), "have": 0}
    error = refused(
        partial(sync.answer, site, wire(two.sender, "sync", handover, body=question)),
        "rate-limited",
    )
    assert isinstance(error, Unavailable)
    assert error.retry_after == 10, "two are left, and three entries are to be read"
    receive.statement(site, opener(two.sender, "another"))
    receive.statement(site, opener(third, "a third's"))


def test_the_longest_ledger_is_within_the_smallest_rate(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    monkeypatch.setattr(rates, "LONG", 1)
    site = replace(limited(two.receiver, peer_rate=1), rates=Rates())
    receive.statement(site, fact(two, handover))


def test_forging_spends_nobodys_rate(two: Two) -> None:
    site = limited(two.receiver, peer_rate=1)
    good = opener(two.sender, "one")
    for number in (0, 1) * 5:
        with pytest.raises(CaseHandoverError, match="jws-signature"):
            receive.statement(site, flipped(good, number))
    assert isinstance(receive.statement(site, good), BundleWanted)


def test_a_clock_that_is_put_back_neither_fills_nor_empties_a_bucket() -> None:
    clock, rates = Clock(), Rates()
    rates.charge("x", 2, clock())
    clock.forward(hours=-1)
    rates.charge("x", 2, clock())
    with pytest.raises(Unavailable, match="rate-limited"):
        rates.charge("x", 2, clock())
    clock.forward(minutes=1)
    rates.charge("x", 2, clock())


def test_our_own_delivery_waits_as_long_as_it_is_asked_to(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    two.wire.sites["http://127.0.0.1:2"] = site = limited(two.receiver, peer_rate=1)
    site.rates.charge(SENDER, 1, two.clock())
    acts.say(two.sender, handover, "fact")
    assert two.run() == ["rate-limited"]
    (waits,) = read.show(two.sender, WORKER, handover)["deliveries"]
    assert (waits["problem"], waits["stopped"]) == ("rate-limited", False)
    two.clock.forward(minutes=1)
    assert two.run() == ["done"]


# Quotas


def begun(site: Site, said: bytes) -> BundleWanted:
    wanted = receive.statement(site, said)
    assert isinstance(wanted, BundleWanted)
    return wanted


def test_uploads_that_wait_are_counted_for_each_authority(two: Two, third: Site) -> None:
    site = limited(two.receiver, peer_uploads=2)
    one, other = opener(two.sender, "one"), opener(two.sender, "two")
    begun(site, one)
    begun(site, other)
    for _ in range(3):
        begun(site, one)  # the same upload again
    before = acts.everything(site)
    error = refused(partial(begun, site, opener(two.sender, "three")), "upload-quota")
    assert isinstance(error, Unavailable)
    assert error.retryable
    assert error.retry_after
    assert acts.everything(site) == before
    begun(site, opener(third, "four"))
    two.clock.forward(hours=site.settings.upload_hours)
    begun(site, opener(two.sender, "three"))


def test_a_finished_upload_makes_place_for_another(two: Two) -> None:
    site = limited(two.receiver, peer_uploads=1)
    bundle = sealed(site, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    begun(site, said)
    refused(partial(begun, site, opener(two.sender, "two")), "upload-quota")
    hand_in(site, said, bundle.file)
    begun(site, opener(two.sender, "two"))


def test_announced_bytes_are_counted(two: Two, third: Site) -> None:
    mib = 2**20
    site = limited(two.receiver, peer_upload_bytes=4 * mib, bundle_bytes=3 * mib)
    begun(site, opener(two.sender, "one", 3 * mib))
    refused(partial(begun, site, opener(two.sender, "two", mib + 1)), "upload-quota")
    begun(site, opener(two.sender, "three", mib))
    begun(site, opener(third, "four", 3 * mib))


def test_one_bundle_always_goes(two: Two) -> None:
    """A quota below the largest bundle would keep that from ever coming."""
    site = limited(two.receiver, peer_upload_bytes=2**20, bundle_bytes=4 * 2**20)
    begun(site, opener(two.sender, "one", 4 * 2**20))
    refused(partial(begun, site, opener(two.sender, "two", 1)), "upload-quota")


def test_an_upload_that_expired_is_gone(two: Two) -> None:
    wanted = begun(two.receiver, opener(two.sender, "one"))
    key = (two.receiver, wanted.upload, wanted.secret)
    assert uploading.append(*key, 0, b"x") == 1
    two.clock.forward(hours=two.receiver.settings.upload_hours)
    refused(partial(uploading.reached, *key), "upload-unknown")
    refused(partial(uploading.append, *key, 1, b"x"), "upload-unknown")
    again = begun(two.receiver, opener(two.sender, "one"))
    assert again.upload != wanted.upload or again.secret != wanted.secret


def test_the_secret_of_one_upload_opens_no_other(two: Two, third: Site) -> None:
    mine, theirs = (begun(two.receiver, opener(by, by.authority)) for by in (two.sender, third))
    before = acts.everything(two.receiver)
    for upload, secret in ((mine.upload, theirs.secret), (theirs.upload, mine.secret)):
        key = (two.receiver, upload, secret)
        refused(partial(uploading.reached, *key), "upload-unknown")
        refused(partial(uploading.append, *key, 0, b"x"), "upload-unknown")
        refused(partial(receive.complete, *key), "upload-unknown")
    assert acts.everything(two.receiver) == before


# Ids


def refused_for_good(site: Site, said: bytes, code: str) -> None:
    error = refused(partial(receive.statement, site, said), code)
    assert (type(error), error.retryable) == (Conflict, False)


def test_an_id_that_we_prepare_ourselves_is_nobody_elses(two: Two, third: Site) -> None:
    handover = acts.begin(two)
    before = acts.everything(two.sender)
    for kind, members in (("notification", {}), ("records_request", {"place": 1})):
        said = wire(third, kind, handover, announced(), to=SENDER, **members)
        refused_for_good(two.sender, said, "handover-taken")
    assert acts.everything(two.sender) == before
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    said = wire(third, "notification", handover, announced(), to=SENDER)
    refused_for_good(two.sender, said, "not-a-party")
    assert two.run() == ["done"]
    assert read.show(two.receiver, WORKER, handover)["peer"] == SENDER


def test_two_senders_with_one_id_the_first_stays_whole_and_the_second_sees_it_failed(
    two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = acts.notified(two)
    before = acts.everything(two.receiver)
    with monkeypatch.context() as patched:
        made = iter([handover, make.ident("its case file")])
        patched.setattr(draft, "new_id", lambda: next(made))
        row = draft.create(
            third,
            WORKER,
            recipient=RECEIVER,
            own_reference="FICTION/9",
            transfer="cp_permanent",
            team=None,
            case_file=samples.case(),
        )
    send.notify(third, WORKER, row.id, acts.NOTIFICATION)
    squatting = Two(third, two.receiver, two.clock, two.wire)
    assert squatting.run() == ["not-a-party"]
    (stopped,) = read.show(third, WORKER, handover)["deliveries"]
    assert (stopped["problem"], stopped["stopped"]) == ("not-a-party", True)
    assert acts.everything(two.receiver) == before
    acts.say(two.sender, handover, "fact")
    assert two.run() == ["done"]


def test_two_uploads_for_one_id_only_the_first_that_is_whole_begins_it(
    two: Two, third: Site
) -> None:
    bundles = [
        sealed(two.receiver, "notification", make.HANDOVER, sender=by) for by in (SENDER, THIRD)
    ]
    said = [
        wire(by, "notification", make.HANDOVER, bundle, to=RECEIVER)
        for by, bundle in zip((two.sender, third), bundles, strict=True)
    ]
    mine, theirs = (begun(two.receiver, one) for one in said)
    for wanted, bundle in zip((mine, theirs), bundles, strict=True):
        uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    receive.complete(two.receiver, mine.upload, mine.secret)
    refused(partial(receive.complete, two.receiver, theirs.upload, theirs.secret), "not-a-party")
    assert acts.everything(two.receiver)["uploads"] == []
    assert len(two.receiver.blobs.ids()) == 1
    assert read.show(two.receiver, WORKER, make.HANDOVER)["peer"] == SENDER


def test_a_statement_of_another_that_is_played_back_says_what_its_author_said(
    two: Two, third: Site
) -> None:
    """Whoever posts it: the same answer, and nothing new."""
    acts.opened_by_hand(two)
    said = wire(two.sender, "fact", make.HANDOVER)
    receipt = hand_in(two.receiver, said)
    before = acts.everything(two.receiver)
    assert receive.statement(two.receiver, said) == receive.Answered(receipt.wire)
    refused(partial(receive.statement, third, said), "statement-for-other")
    assert acts.everything(two.receiver) == before


def test_refusals_of_one_handover_come_to_an_end(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.flows.answers.MOST_KEPT", 5)
    acts.opened_by_hand(two)
    said = [
        wire(two.sender, "closure", make.HANDOVER, body={"ended": f"2026-12-{day:02d}"})
        for day in range(1, 12)
    ]
    first = []
    for one in said:
        with pytest.raises(Conflict, match="not-in-this-state") as caught:
            receive.statement(two.receiver, one)
        first.append(getattr(caught.value, "wire", None))
    assert [no is None for no in first] == [False] * 5 + [True] * 6
    assert len(acts.kept(two.receiver, make.HANDOVER, "refusal")) == 5
    with pytest.raises(Conflict) as caught:
        receive.statement(two.receiver, said[0])
    assert caught.value.wire == first[0]  # type: ignore[attr-defined]
    assert hand_in(two.receiver, wire(two.sender, "recall", make.HANDOVER)).payload.place == 2


# Room on the disk


def full(site: Site) -> Site:
    """Nothing but the reserve is left."""
    return limited(site, disk_reserve=acts.free(site) * 2)


def codes(site: Site) -> list[str]:
    return [one["code"] for one in health.reasons(site)]


def low(call: Callable[[], Any]) -> None:
    error = refused(call, "storage-low")
    assert isinstance(error, Unavailable)
    assert (error.retryable, error.retry_after) == (True, room.RETRY_AFTER)


def test_a_disk_that_is_nearly_full_takes_no_papers_and_every_statement(two: Two) -> None:
    handover = acts.notified(two)
    receiver, sender = full(two.receiver), full(two.sender)
    before = acts.everything(receiver)
    low(partial(receive.statement, receiver, opener(two.sender, "one")))
    assert acts.everything(receiver) == before
    acts.say(two.sender, handover, "fact")
    two.wire.sites["http://127.0.0.1:2"] = receiver
    assert two.run() == ["done"], "what has no papers is taken"
    assert codes(receiver) == ["storage-low"]
    assert codes(two.receiver) == []
    own = acts.everything(sender)
    low(partial(acts.say, sender, handover, "query"))
    low(partial(send.dispatch, sender, WORKER, handover, [], None))
    low(lambda: acts.begin(replace(two, sender=sender)))
    low(partial(draft.replace_case_file, sender, WORKER, handover, samples.case()))
    sink = AttachmentSink(sender, WORKER, handover, 1, "Minutes.txt", "text/plain")
    sink.feed(b"Fictional minutes.")
    low(sink.finish)
    sink.abort()
    assert acts.everything(sender) == own
    assert two.sender.blobs.ids() == own["blobs"]


def test_a_large_document_is_given_up_before_the_disk_is_full(two: Two) -> None:
    handover = acts.notified(two)
    sink = AttachmentSink(full(two.sender), WORKER, handover, 1, "Scan.tif", "image/tiff")
    low(lambda: sink.feed(bytes(9 * 2**20)))
    sink.abort()


def test_a_document_that_comes_slowly_is_not_taken_where_it_may_not_be_by_then(two: Two) -> None:
    handover = acts.begin(two)
    colleague = replace(WORKER, subject="user-9")
    sink = AttachmentSink(two.sender, colleague, handover, 1, "a.pdf", "application/pdf")
    sink.feed(b"x")
    case = samples.case(restricted={"reason": "staff_or_relative"})
    draft.replace_case_file(two.sender, WORKER, handover, case)
    refused(sink.finish, "not-named")
    assert draft.attachments(two.sender, handover) == []


def test_what_was_promised_to_one_is_not_promised_to_another(two: Two, third: Site) -> None:
    mib = 2**20
    receiver = limited(two.receiver, disk_reserve=acts.free(two.receiver) - 100 * mib)
    wanted = begun(receiver, opener(two.sender, "one", 60 * mib))
    low(partial(receive.statement, receiver, opener(third, "two", 60 * mib)))
    assert codes(receiver) == []
    uploading.append(receiver, wanted.upload, wanted.secret, 0, bytes(mib))
    two.clock.forward(hours=receiver.settings.upload_hours)
    begun(receiver, opener(third, "two", 60 * mib))


def test_an_object_store_has_no_room_to_run_out_of(two: Two, s3: S3, tmp_path: Path) -> None:
    """Nor is it asked for lists of what was promised."""
    asked: list[str] = []

    def between(moto: Application, request: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked.append(request["REQUEST_METHOD"])
        return moto(request, start)

    receiver = replace(
        limited(two.receiver, disk_reserve=2**60), blobs=open_blobs(s3.url(), tmp_path)
    )
    begun(receiver, opener(two.sender, "one", 2**20))
    s3.between = between
    room.check(receiver, wanted=2**60)
    assert asked == []
    assert codes(receiver) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_small_disk_is_never_filled(two: Two, third: Site, small_disk: Path) -> None:
    mib = 2**20
    receiver = replace(
        limited(two.receiver, disk_reserve=8 * mib), blobs=open_blobs("blobs", small_disk)
    )
    wanted = begun(receiver, opener(two.sender, "one", 12 * mib))
    low(partial(receive.statement, receiver, opener(third, "two", 12 * mib)))
    key = (receiver, wanted.upload, wanted.secret)
    uploading.append(*key, 0, bytes(8 * mib))
    begun(receiver, opener(third, "three", 2 * mib))  # what is here already is not wanted again
    (small_disk / "somebody else's").write_bytes(bytes(6 * mib))
    low(partial(uploading.append, *key, 8 * mib, bytes(4 * mib)))
    assert acts.free(receiver) >= 8 * mib
    assert codes(receiver) == ["storage-low"]
    (small_disk / "somebody else's").unlink()
    assert uploading.append(*key, 8 * mib, bytes(4 * mib)) == 12 * mib
