"""Short stories with one outcome each, for asking what becomes of them without some check."""

from dataclasses import replace
from functools import partial
from typing import Any

from app.bundle.manifest import Announced
from app.errors import CaseHandoverError
from app.flows import (
    answers,
    deliver,
    disclose,
    expire,
    keeping,
    parcels,
    read,
    receive,
    send,
    sync,
    uploading,
)
from app.flows.receive import Answered, FinalRefusal
from app.flows.site import Site
from app.flows.uploading import BundleWanted
from app.handover.statement import Statement, reopen
from tests.flows import acts
from tests.flows.acts import hand_in, kept, sealed, wire
from tests.flows.conftest import RECEIVER, WORKER, Two
from tests.handover import make

QUESTION = {"nonce": make.ident("nonce"), "have": 0}


def outcome(call: Any) -> str:
    """`refused: code` if it was signed; else the code, or what was answered."""
    try:
        answer = call()
    except FinalRefusal as no:
        return f"refused: {no.code}"
    except CaseHandoverError as error:
        return error.code
    if isinstance(answer, BundleWanted):
        return "bundle wanted"
    if isinstance(answer, Answered):
        return str(reopen(answer.wire).payload.body["result"])
    return str(answer)


def posted(site: Site, said: bytes) -> str:
    return outcome(partial(receive.statement, site, said))


def said_again(two: Two, third: Site) -> str:
    """9: the same statement, a minute later."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    receipt = hand_in(two.receiver, said, bundle.file)
    two.clock.forward(minutes=1)
    same = partial(receive.statement, two.receiver, said)
    return outcome(lambda: "the same bytes" if same() == Answered(receipt.wire) else "others")


def refused_again(two: Two, third: Site) -> str:
    """9: a statement that was refused, when it would no longer be."""
    acts.opened_by_hand(two)
    ended = {"ended": two.clock.now.date().isoformat()}
    said = wire(two.sender, "closure", make.HANDOVER, body=ended)
    posted(two.receiver, said)
    body = make.conference([make.result(make.ASH)])
    acts.say(two.receiver, make.HANDOVER, "acceptance", body, (make.ASH,))
    return posted(two.receiver, said)


def out_of_turn(two: Two, third: Site) -> str:
    """10: papers for what was recalled."""
    acts.opened_by_hand(two)
    hand_in(two.receiver, wire(two.sender, "recall", make.HANDOVER))
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER)
    return posted(two.receiver, wire(two.sender, "dispatch", make.HANDOVER, bundle))


def overtaken(two: Two, third: Site) -> str:
    """10, once more: a recall that comes while the papers are read."""
    acts.opened_by_hand(two)
    bundle = sealed(two.receiver, "dispatch", make.HANDOVER)
    said = wire(two.sender, "dispatch", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    hand_in(two.receiver, wire(two.sender, "recall", make.HANDOVER))
    return outcome(partial(receive.complete, two.receiver, wanted.upload, wanted.secret))


def by_a_third(two: Two, third: Site) -> str:
    """10: somebody else's handover."""
    acts.opened_by_hand(two)
    return posted(two.receiver, wire(third, "fact", make.HANDOVER))


def forked_by_a_third(two: Two, third: Site) -> str:
    """10: what is no evidence against the keeper."""
    handover = acts.notified(two)
    said = wire(third, "fact", handover, to=make.SENDER, place=1)
    posted(two.sender, said)
    return f"{len(kept(two.sender, handover, 'evidence'))} kept as evidence"


def a_draft_of_ours(two: Two, third: Site) -> str:
    """10: an opener with the id of what we prepare ourselves."""
    draft = acts.begin(two)
    return posted(two.sender, wire(third, "notification", draft, announced(), to=make.SENDER))


def refused_too_often(two: Two, third: Site) -> str:
    """10: one more of what does not follow than is kept."""
    acts.opened_by_hand(two)
    most, answers.MOST_KEPT = answers.MOST_KEPT, 2
    try:
        for day in (1, 2, 3):
            body = {"ended": f"2026-12-0{day}"}
            end = posted(two.receiver, wire(two.sender, "closure", make.HANDOVER, body=body))
    finally:
        answers.MOST_KEPT = most
    return end


def announced(label: str = "handover", size: int = 1000) -> acts.Sealed:
    """A bundle that nobody has to send."""
    digests = make.digest(f"bundle {label}"), make.digest("manifest")
    return acts.Sealed(b"", Announced(digests[0], size, digests[1]))


def limited(site: Site, **settings: Any) -> Site:
    return replace(site, settings=site.settings.model_copy(update=settings))


def asked_too_often(two: Two, third: Site) -> str:
    """Rate: a third statement in a minute in which there may be two."""
    site = limited(two.receiver, peer_rate=2)
    said = wire(two.sender, "notification", make.HANDOVER, announced())
    return [posted(site, said) for _ in range(3)][-1]


def begun_too_often(two: Two, third: Site) -> str:
    """Quota: a third upload where there may be two."""
    site = limited(two.receiver, peer_uploads=2)
    begun = [make.ident(name) for name in ("one", "two", "three")]
    return [posted(site, wire(two.sender, "notification", one, announced(one))) for one in begun][
        -1
    ]


def no_room(two: Two, third: Site) -> str:
    """Room: a bundle where the disk is nearly full."""
    site = limited(two.receiver, disk_reserve=acts.free(two.receiver) * 2)
    return posted(site, wire(two.sender, "notification", make.HANDOVER, announced()))


def no_room_any_more(two: Two, third: Site) -> str:
    """Room: it was promised, and others have filled the disk since."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    site = limited(two.receiver, disk_reserve=acts.free(two.receiver) * 2)
    append = partial(uploading.append, site, wanted.upload, wanted.secret, 0, b"x")
    return outcome(lambda: append() and "taken")


def an_answer_posted(two: Two, third: Site) -> str:
    """10: a receipt where statements belong."""
    acts.opened_by_hand(two)
    return posted(two.receiver, wire(two.sender, "receipt", make.HANDOVER))


def without_secret(two: Two, third: Site) -> str:
    """11: bytes from who was not given the secret."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = receive.statement(
        two.receiver, wire(two.sender, "notification", make.HANDOVER, bundle)
    )
    assert isinstance(wanted, BundleWanted)
    append = partial(uploading.append, two.receiver, wanted.upload, "guessed", 0, b"x")
    return outcome(lambda: append() and "taken")


def too_long(two: Two, third: Site) -> str:
    """11: more bytes than were announced."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    wanted = receive.statement(
        two.receiver, wire(two.sender, "notification", make.HANDOVER, bundle)
    )
    assert isinstance(wanted, BundleWanted)
    data = bundle.file + b"\0"
    append = partial(uploading.append, two.receiver, wanted.upload, wanted.secret, 0, data)
    return outcome(lambda: append() and "taken")


def damaged_on_the_way(two: Two, third: Site) -> str:
    """11: other bytes than were announced."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    other = bundle.file[:-1] + bytes([bundle.file[-1] ^ 1])
    return outcome(lambda: hand_in(two.receiver, said, other).payload.body["result"])


def unusable(two: Two, third: Site) -> str:
    """11: papers of another handover."""
    bundle = sealed(two.receiver, "notification", make.ident("another"))
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    return outcome(lambda: hand_in(two.receiver, said, bundle.file).payload.body["result"])


def completed_too_early(two: Two, third: Site) -> str:
    """11: the sender says that it is complete, and it is not."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file[:-1])
    return outcome(partial(receive.complete, two.receiver, wanted.upload, wanted.secret))


def completed_twice(two: Two, third: Site) -> str:
    """12: a sender that lost patience asks again while the bundle is still read."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    complete = partial(receive.complete, two.receiver, wanted.upload, wanted.secret)
    admit = parcels.admit

    def overtaken_(site: Site, statement: Statement, blob: str) -> parcels.Opened:
        parcels.admit = admit
        opened = admit(site, statement, blob)
        complete()
        return opened

    parcels.admit = overtaken_
    outcome(complete)
    words = partial(disclose.words, two.receiver, WORKER, make.HANDOVER, "notification", "To read")
    return outcome(lambda: words() and "to be read")


def given_up_meanwhile(two: Two, third: Site) -> str:
    """12: the upload's time is over while the bundle is still read."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    said = wire(two.sender, "notification", make.HANDOVER, bundle)
    wanted = receive.statement(two.receiver, said)
    assert isinstance(wanted, BundleWanted)
    uploading.append(two.receiver, wanted.upload, wanted.secret, 0, bundle.file)
    known = keeping.known_of

    def slow(arrived: Statement, opened: parcels.Opened) -> Any:
        keeping.known_of = known
        read_ = known(arrived, opened)
        two.clock.forward(hours=two.receiver.settings.upload_hours)
        expire.old_uploads(two.receiver, two.clock())
        return read_

    keeping.known_of = slow
    ended = outcome(
        lambda: receive.complete(two.receiver, wanted.upload, wanted.secret) and "stored"
    )
    if ended != "stored":
        return ended
    words = partial(disclose.words, two.receiver, WORKER, make.HANDOVER, "notification", "To read")
    return outcome(lambda: words() and "to be read")


def too_large(two: Two, third: Site) -> str:
    """11: more than this authority takes."""
    bundle = sealed(two.receiver, "notification", make.HANDOVER)
    announced = replace(bundle.announced, size=two.receiver.settings.bundle_bytes + 1)
    large = acts.Sealed(b"", announced)
    return posted(two.receiver, wire(two.sender, "notification", make.HANDOVER, large))


def forged_receipt(two: Two, third: Site) -> str:
    """Delivering: a receipt for something else."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    (pending,) = kept(two.sender, handover, "pending")
    body = {"of": make.digest("another"), "result": "stored"}
    gave = wire(two.receiver, "receipt", handover, body=body, place=1)
    return outcome(partial(deliver.save_answer, two.sender, reopen(pending.wire), gave))


def asked_twice(two: Two, third: Site) -> str:
    """Synchronising: a question played back."""
    handover = acts.notified(two)
    question = wire(two.sender, "sync", handover, body=QUESTION)
    sync.answer(two.receiver, question)
    return outcome(lambda: len(sync.answer(two.receiver, question)))


def asked_late(two: Two, third: Site) -> str:
    """Synchronising: a question kept for an hour."""
    handover = acts.notified(two)
    question = wire(two.sender, "sync", handover, body=QUESTION)
    two.clock.forward(hours=1)
    return outcome(lambda: len(sync.answer(two.receiver, question)))


def asked_by_a_third(two: Two, third: Site) -> str:
    """Synchronising: somebody else's handover."""
    handover = acts.notified(two)
    question = wire(third, "sync", handover, to=RECEIVER, body=QUESTION)
    return outcome(lambda: len(sync.answer(two.receiver, question)))


def told_of_others(two: Two, third: Site) -> str:
    """Synchronising: being given what is between others."""
    handover = acts.notified(two)
    entry = read.ledger(two.receiver, WORKER, handover)["entries"][0]
    wires = [entry["statement"].encode(), entry["receipt"].encode()]
    two.wire.sync = lambda *_: wires  # type: ignore[method-assign]
    return outcome(partial(sync.pull, third, RECEIVER, handover))
