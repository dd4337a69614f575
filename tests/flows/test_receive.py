"""Receiving: bundles that come whole, broken, twice or never; and what a later version sends."""

from collections.abc import Callable
from functools import partial

import pytest

from app.errors import Unavailable
from app.flows import disclose, parcels, read, receive, send, uploading
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.handover.statement import Statement
from tests.bundle.samples import THIRD
from tests.flows import acts
from tests.flows.acts import Sealed, hand_in, sealed, wire
from tests.flows.conftest import WORKER, Two
from tests.handover import make
from tests.trust.making import refused


def announce(two: Two, bundle: Sealed) -> BundleWanted:
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    return wanted


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda file: file[:-1] + bytes([file[-1] ^ 1]), "bundle-digest"),
        (lambda file: bytes(len(file)), "bundle-digest"),
    ],
    ids=["a bit", "zeros"],
)
def test_other_bytes_than_announced_are_deleted_and_asked_for_again(
    two: Two, change: Callable[[bytes], bytes], expected: str
) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, change(bundle.file))
    error = refused(lambda: receive.complete(two.receiver, wanted.upload, wanted.secret), expected)
    assert error.retryable
    assert two.receiver.blobs.ids() == []
    upload = (two.receiver, wanted.upload, wanted.secret)
    refused(lambda: uploading.append(*upload, 0, bundle.file), "upload-unknown")
    again = announce(two, bundle)
    assert again.upload != wanted.upload
    uploading.append(two.receiver, again.upload, again.secret, 0, bundle.file)
    receive.complete(two.receiver, again.upload, again.secret)
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "notified"


@pytest.mark.parametrize("held", [0, 1, -1], ids=["nothing", "a byte", "all but a byte"])
def test_an_upload_is_not_judged_before_it_is_whole(two: Two, held: int) -> None:
    """Who says too early that it is complete loses nothing."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    upload = (two.receiver, wanted.upload, wanted.secret)
    at = uploading.append(*upload, 0, bundle.file[:held])
    assert refused(partial(receive.complete, *upload), "upload-incomplete").retryable
    assert uploading.reached(*upload) == at
    uploading.append(*upload, at, bundle.file[at:])
    receive.complete(*upload)
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "notified"


def test_a_longer_bundle_is_not_taken(two: Two) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    append = partial(uploading.append, two.receiver, wanted.upload, wanted.secret)
    refused(partial(append, 0, bundle.file + b"\0"), "upload-too-large")
    assert append(0, bundle.file) == len(bundle.file)
    refused(partial(append, len(bundle.file), b"\0"), "upload-too-large")
    assert isinstance(receive.complete(two.receiver, wanted.upload, wanted.secret).wire, bytes)


def test_an_upload_wants_its_own_secret(two: Two) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    other = make.ident("no upload")
    keys = [(other, wanted.secret)]
    keys += [(wanted.upload, wrong) for wrong in ("", "x", wanted.secret[1:], wanted.secret + "x")]
    for key in keys:
        refused(partial(uploading.reached, two.receiver, *key), "upload-unknown")
        refused(partial(uploading.append, two.receiver, *key, 0, b"x"), "upload-unknown")
        refused(partial(receive.complete, two.receiver, *key), "upload-unknown")
    assert two.receiver.blobs.ids() == []


def test_an_upload_goes_on_where_it_was_with_a_new_secret(two: Two) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    first = announce(two, bundle)
    append = partial(uploading.append, two.receiver, first.upload, first.secret)
    assert append(0, bundle.file[:700]) == 700
    for offset in (0, 699, 701):
        assert refused(partial(append, offset, b"x" * 10), "upload-offset").retryable
    again = announce(two, bundle)
    assert again.upload == first.upload
    refused(partial(append, 700, b"x"), "upload-unknown")
    key = (two.receiver, again.upload, again.secret)
    assert uploading.reached(*key) == 700
    uploading.append(*key, 700, bundle.file[700:])
    receive.complete(*key)
    refused(partial(uploading.reached, *key), "upload-unknown")


def dispatch(two: Two, bundle: Sealed) -> Statement:
    """The receipt for papers."""
    said = wire(two.sender, "dispatch", make.HANDOVER, bundle)
    return hand_in(two.receiver, said, bundle.file)


def unusable_bundles(receiver: Site) -> dict[str, Sealed]:
    """By the code that the receipt gives."""
    good = sealed(receiver, "dispatch", make.HANDOVER)
    flipped = bytearray(good.file)
    flipped[-1] ^= 1
    broken = acts.announcing(bytes(flipped), good)
    return {
        "age-no-identity-matches": sealed(
            receiver, "dispatch", make.HANDOVER, recipient=THIRD.recipient
        ),
        "bundle-of-another-statement": sealed(receiver, "dispatch", make.ident("another")),
        "age-payload-chunk": broken,
    }


@pytest.mark.parametrize(
    "expected", ["age-no-identity-matches", "bundle-of-another-statement", "age-payload-chunk"]
)
def test_an_unusable_bundle_is_receipted_as_such_and_a_new_dispatch_works(
    two: Two, expected: str
) -> None:
    acts.opened_by_hand(two)
    bundle = unusable_bundles(two.receiver)[expected]
    said = wire(two.sender, "dispatch", make.HANDOVER, bundle)
    receipt = hand_in(two.receiver, said, bundle.file)
    assert (receipt.payload.body["result"], receipt.payload.body["code"]) == ("unusable", expected)
    assert receipt.payload.place == 2
    assert len(two.receiver.blobs.ids()) == 1, "only the notification's"
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "notified"
    words = partial(disclose.words, two.receiver, WORKER, make.HANDOVER, "dispatch", "To read")
    refused(words, "no-papers")
    assert receive.statement(two.receiver, said) == receive.Answered(receipt.wire)
    good = sealed(two.receiver, "dispatch", make.HANDOVER)
    two.clock.forward(seconds=1)
    second = dispatch(two, good)
    assert (second.payload.place, second.payload.body["result"]) == (3, "stored")
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "dispatched"


def test_the_same_file_is_judged_anew_with_each_statement(two: Two) -> None:
    """What was unusable with one statement may be what another announces."""
    acts.opened_by_hand(two)
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER)
    supplement = wire(two.sender, "supplement", make.HANDOVER, bundle)
    wrong = hand_in(two.receiver, supplement, bundle.file)
    assert wrong.payload.body["code"] == "bundle-of-another-statement"
    right = dispatch(two, bundle)
    assert right.payload.body["result"] == "stored"
    disclose.words(two.receiver, WORKER, make.HANDOVER, "dispatch", "To plan a visit")


def test_a_bad_day_of_the_disk_is_not_the_bundles_fault(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)

    def fails(*_: object) -> parcels.Opened:
        raise Unavailable("storage-failed", "Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(parcels, "admit", fails)
        refused(
            lambda: receive.complete(two.receiver, wanted.upload, wanted.secret), "storage-failed"
        )
    receive.complete(two.receiver, wanted.upload, wanted.secret)
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "notified"


# Repeats


def test_the_same_again_is_answered_with_the_same_bytes(two: Two) -> None:
    """Also when it was signed again: its identity is its payload."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    again = wire(two.sender, "notification", make.HANDOVER, bundle)
    assert said != again
    receipt = hand_in(two.receiver, said, bundle.file)
    before = acts.everything(two.receiver)
    two.clock.forward(minutes=4)
    for one in (said, again, said):
        assert receive.statement(two.receiver, one) == receive.Answered(receipt.wire)
    assert acts.everything(two.receiver) == before
    assert before["uploads"] == []


def test_two_who_complete_one_upload_keep_one_bundle(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that lost patience asks again while the first request still reads the bundle."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = announce(two, bundle)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    complete = partial(receive.complete, two.receiver, wanted.upload, wanted.secret)
    admit, first = parcels.admit, []

    def overtaken(site: Site, statement: Statement, blob: str) -> parcels.Opened:
        opened = admit(site, statement, blob)
        monkeypatch.setattr(parcels, "admit", admit)
        first.append(complete())
        return opened

    monkeypatch.setattr(parcels, "admit", overtaken)
    assert [complete()] == first
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    assert [receive.statement(two.receiver, said)] == first
    disclose.words(two.receiver, WORKER, make.HANDOVER, "notification", "To ring them")


def test_a_clock_of_ours_that_went_back_refuses_nobody_for_good(two: Two) -> None:
    two.clock.forward(hours=1)
    handover = acts.notified(two)
    two.clock.forward(minutes=-10)
    acts.say(two.sender, handover, "fact")
    assert two.run()[0] == "clock-behind"
    two.clock.forward(minutes=40)
    assert two.run() == ["done"]
    assert len(read.ledger(two.receiver, WORKER, handover)["entries"]) == 2


# What a later version sends


def test_an_unknown_kind_and_a_newer_version_are_held(two: Two) -> None:
    acts.opened_by_hand(two)
    before = acts.index(two.receiver)
    newer = [
        wire(two.sender, "unheard_of", make.HANDOVER, body={"any": "thing"}, bundle=None),
        wire(two.sender, "recall", make.HANDOVER, v=2, body={"code": "of_version_two"}),
    ]
    for place, said in enumerate(newer, 2):
        receipt = hand_in(two.receiver, said)
        assert (receipt.payload.body["result"], receipt.payload.place) == ("held", place)
        assert receive.statement(two.receiver, said) == receive.Answered(receipt.wire)
    after = acts.index(two.receiver)
    for table in ("handover_children", "items"):
        assert after[table] == before[table]
    assert read.show(two.receiver, WORKER, make.HANDOVER)["state"] == "notified"
    entries = read.ledger(two.receiver, WORKER, make.HANDOVER)["entries"]
    assert [one["result"] for one in entries] == ["stored", "held", "held"]


def test_a_newer_case_file_is_stored_and_its_documents_open(two: Two) -> None:
    acts.opened_by_hand(two)
    data = b"Fictional minutes."
    words = b'{"fictional":true,"something":"new","v":2}'
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER, words, (acts.document(data),))
    receipt = dispatch(two, bundle)
    assert receipt.payload.body["result"] == "stored"
    opened = disclose.words(two.receiver, WORKER, make.HANDOVER, "dispatch", "To plan a visit")
    assert opened.value == {"v": 2, "fictional": True, "something": "new"}
    got = disclose.attachment(two.receiver, WORKER, make.HANDOVER, 1, "To plan a visit")
    assert (got.name, b"".join(got.pieces)) == ("Minutes.txt", data)


@pytest.mark.parametrize("words", [b"", b"not JSON", b'{"v":1,"v":2}', b"[]", b"\xff"])
def test_words_that_nobody_can_read_delay_no_document(two: Two, words: bytes) -> None:
    acts.opened_by_hand(two)
    data = b"Fictional minutes."
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER, words, (acts.document(data),))
    receipt = dispatch(two, bundle)
    assert receipt.payload.body["result"] == "stored"
    got = disclose.attachment(two.receiver, WORKER, make.HANDOVER, 1, "To plan a visit")
    assert b"".join(got.pieces) == data


def test_the_label_follows_the_papers(two: Two) -> None:
    """Who has none yet is found by the label as soon as the case file names the child."""
    handover = acts.begin(two, children=[acts.named("Fictional Ash")])
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    two.run()
    assert not read.show(two.receiver, WORKER, handover)["label"]
    send.dispatch(two.sender, WORKER, handover, [], None)
    two.run()
    assert read.show(two.receiver, WORKER, handover)["label"] == "Fictional Ash"
