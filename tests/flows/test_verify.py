"""Evidence is verified offline: with a directory, and with nothing else."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CaseHandoverError, NotVerified
from app.flows import read
from app.flows.site import Site, directory_of
from app.flows.verify import MAX_ENTRIES, verify_ledger
from app.handover.statement import reopen
from app.trust.authority import Keyset, Revocation
from app.trust.directory import Directory, reopen_directory, sign_directory
from tests.flows import acts
from tests.flows.conftest import HEAD, RECEIVER, SENDER, Two
from tests.handover import make
from tests.trust.making import refused

Ledger = dict[str, Any]
DAY = timedelta(days=1)


def directory(site: Site) -> Directory:
    with site.database.read() as uow:
        return directory_of(uow, site)


def saved(site: Site, handover: str) -> Ledger:
    """As it comes over HTTP."""
    value: Ledger = json.loads(json.dumps(read.ledger(site, HEAD, handover)))
    return value


def crossed(two: Two) -> str:
    handover = acts.dispatched(two)
    two.clock.forward(hours=2)
    acts.say(two.receiver, handover, "acknowledgement")
    two.run()
    two.clock.forward(days=3)
    acts.accept(two, handover)
    two.run()
    return handover


def test_a_ledger_verifies_from_either_side_with_either_directory(two: Two) -> None:
    handover = crossed(two)
    copies = [saved(site, handover) for site in (two.sender, two.receiver)]
    assert copies[0] == copies[1]
    for site in (two.sender, two.receiver):
        report = verify_ledger(copies[0], directory(site))
        said = [(one.entry.statement.kind, one.signed_by) for one in report.entries]
        assert said == [
            ("notification", SENDER),
            ("dispatch", SENDER),
            ("acknowledgement", RECEIVER),
            ("acceptance", RECEIVER),
        ]
        view = report.view
        assert (view.handover, view.sender, view.receiver) == (handover, SENDER, RECEIVER)
        assert (view.keeper, view.length) == (RECEIVER, 4)
        (child,) = report.children
        assert (child.child, child.state, child.result) == (acts.CHILD, "accepted", "plan")
        assert (report.on, child.plan_held_by) == (date(2026, 12, 21), RECEIVER)
        (before,) = verify_ledger(copies[0], directory(site), date(2026, 12, 20)).children
        assert before.plan_held_by == SENDER


def test_what_stands_beside_the_statements_may_be_missing(two: Two) -> None:
    ledger = saved(two.sender, crossed(two))
    full = verify_ledger(ledger, directory(two.sender))
    for entry in ledger["entries"]:
        for name in set(entry) - {"statement", "receipt"}:
            del entry[name]
        if entry["receipt"] is None:
            del entry["receipt"]
    assert verify_ledger(ledger, [directory(two.sender)]) == full


def test_what_stands_beside_the_statements_agrees_with_them(two: Two) -> None:
    ledger = saved(two.sender, acts.dispatched(two))
    names = set(ledger["entries"][1]) - {"statement", "receipt"}
    assert names == {"place", "digest", "kind", "from", "at", "effective", "known_at", "result"}
    for name in names:
        right = ledger["entries"][1][name]
        for wrong in (True if name == "place" else "wrong", None, 2.0, [right]):
            ledger["entries"][1][name] = wrong
            error = refused(partial(verify_ledger, ledger, directory(two.sender)), "ledger-members")
            assert error.pointer == f"/entries/1/{name}"
        ledger["entries"][1][name] = right
    ledger["entries"][1]["note"] = "It was all quite different."
    error = refused(partial(verify_ledger, ledger, directory(two.sender)), "ledger-form")
    assert error.pointer == "/entries/1"


def swap(ledger: Ledger) -> None:
    entries = ledger["entries"]
    entries[0]["receipt"], entries[1]["receipt"] = entries[1]["receipt"], entries[0]["receipt"]


def flip(name: str, ledger: Ledger) -> None:
    text = ledger["entries"][1][name]
    ledger["entries"][1][name] = text[:-9] + ("AAAA" if text[-9:-5] != "AAAA" else "B") + text[-5:]


def take(name: str, ledger: Ledger) -> None:
    ledger["entries"][1][name] = ledger["entries"][0][name]


TAMPERED: dict[str, tuple[Callable[[Ledger], object], str, str]] = {
    "an entry taken out": (lambda v: v["entries"].pop(0), "ledger-place", "/entries/0"),
    "an entry left out": (lambda v: v["entries"].pop(1), "ledger-place", "/entries/1"),
    "another order": (lambda v: v["entries"].reverse(), "ledger-place", "/entries/0"),
    "an entry twice": (
        lambda v: v["entries"].insert(1, v["entries"][0]),
        "ledger-place",
        "/entries/1",
    ),
    "receipts swapped": (swap, "ledger-place", "/entries/0"),
    "another's receipt": (partial(take, "receipt"), "ledger-place", "/entries/1"),
    "another's statement": (partial(take, "statement"), "ledger-receipt", "/entries/1"),
    "no receipt": (lambda v: v["entries"][1].pop("receipt"), "ledger-place", "/entries/1"),
    "a statement flipped": (
        partial(flip, "statement"),
        "jws-signature-mldsa65",
        "/entries/1/statement",
    ),
    "a receipt flipped": (partial(flip, "receipt"), "jws-signature-mldsa65", "/entries/1/receipt"),
    "no JWS": (
        lambda v: v["entries"][1].update(statement="\ud800"),
        "jws-not-canonical",
        "/entries/1/statement",
    ),
    "another handover": (
        lambda v: v.update(handover=make.ident("another")),
        "ledger-other",
        "/entries/0",
    ),
}


@pytest.mark.parametrize("how", TAMPERED.values(), ids=TAMPERED.keys())
def test_the_first_bad_entry_is_named(
    two: Two, how: tuple[Callable[[Ledger], object], str, str]
) -> None:
    tamper, code, pointer = how
    ledger = saved(two.sender, crossed(two))
    for entry in ledger["entries"]:
        for name in set(entry) - {"statement", "receipt"}:
            del entry[name]
    tamper(ledger)
    with pytest.raises(NotVerified) as caught:
        verify_ledger(ledger, directory(two.sender))
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_the_beginning_of_a_ledger_is_a_ledger(two: Two) -> None:
    """The sender's copy is one: an end that was cut off can't be seen in what is left."""
    ledger = saved(two.sender, crossed(two))
    full = verify_ledger(ledger, directory(two.sender))
    for length in (3, 2, 1):
        ledger["entries"].pop()
        report = verify_ledger(ledger, directory(two.sender))
        assert report.entries == full.entries[:length]


def test_what_does_not_follow_is_no_ledger_whoever_signed_it(two: Two) -> None:
    """Two authorities that agree to sign nonsense."""
    receipt = acts.opened_by_hand(two)
    ledger = saved(two.receiver, make.HANDOVER)
    said = acts.wire(two.sender, "closure", make.HANDOVER)
    body = {"of": reopen(said).digest, "result": "stored"}
    gave = acts.wire(
        two.receiver, "receipt", make.HANDOVER, body=body, place=2, prev=receipt.digest
    )
    ledger["entries"].append({"statement": said.decode(), "receipt": gave.decode()})
    error = refused(partial(verify_ledger, ledger, directory(two.sender)), "not-in-this-state")
    assert error.pointer == "/entries/1"
    assert isinstance(error, NotVerified)


def test_nothing_is_received_before_it_is_stated(two: Two) -> None:
    receipt = acts.opened_by_hand(two)
    ledger = saved(two.receiver, make.HANDOVER)
    two.clock.forward(minutes=5, seconds=1)
    said = acts.wire(two.sender, "fact", make.HANDOVER)
    two.clock.forward(minutes=-5, seconds=-1)
    body = {"of": reopen(said).digest, "result": "stored"}
    gave = acts.wire(
        two.receiver, "receipt", make.HANDOVER, body=body, place=2, prev=receipt.digest
    )
    ledger["entries"].append({"statement": said.decode(), "receipt": gave.decode()})
    refused(partial(verify_ledger, ledger, directory(two.sender)), "ledger-time")


# Keys


def changed(site: Site, keyset: dict[str, Any]) -> Directory:
    """The site's directory, a version on, with other dates of the sender's keys."""

    def change(one: Keyset) -> Keyset:
        return one.model_copy(update=keyset)

    document = directory(site).document
    authorities = tuple(
        one.model_copy(update={"keysets": tuple(map(change, one.keysets))})
        if one.identifier == SENDER
        else one
        for one in document.authorities
    )
    newer = document.model_copy(
        update={"version": document.version + 1, "authorities": authorities}
    )
    assert site.keyring.root is not None
    return reopen_directory(sign_directory(newer, site.keyring.root).wire, site.roots)


def dates(start: datetime, sign: float, accept: float) -> dict[str, datetime]:
    return {
        "sign_from": start,
        "sign_until": start + sign * DAY,
        "accept_until": start + accept * DAY,
    }


def test_a_key_counts_when_its_statement_was_known(two: Two) -> None:
    start = two.clock.now
    ledger = saved(two.sender, crossed(two))
    two.clock.forward(days=900)
    verify_ledger(ledger, changed(two.receiver, dates(start, 1, 31)))
    cases: dict[str, dict[str, Any]] = {
        "key-expired": dates(start - 40 * DAY, 5, 40),
        "key-not-yet-valid": dates(start + DAY, 5, 50),
        "key-compromised": {
            "revoked": Revocation(at=start, since=start + 99 * DAY, compromised=True)
        },
        "key-revoked": {"revoked": Revocation(at=start, since=start, compromised=False)},
    }
    for code, keyset in cases.items():
        error = refused(partial(verify_ledger, ledger, changed(two.receiver, keyset)), code)
        assert error.pointer == "/entries/0/statement"
    later = Revocation(at=start + DAY, since=start + DAY, compromised=False)
    verify_ledger(ledger, changed(two.receiver, {"revoked": later}))


def test_the_newest_directory_that_knows_a_key_judges_it(two: Two) -> None:
    start = two.clock.now
    ledger = saved(two.sender, crossed(two))
    old = directory(two.receiver)
    stolen = Revocation(at=start, since=start, compromised=True)
    new = changed(two.receiver, {"revoked": stolen})
    for directories in ([old, new], [new, old]):
        refused(partial(verify_ledger, ledger, directories), "key-compromised")
    document = old.document
    only_us = document.model_copy(
        update={
            "version": 99,
            "authorities": tuple(a for a in document.authorities if a.identifier == RECEIVER),
        }
    )
    assert two.receiver.keyring.root is not None
    wire = sign_directory(only_us, two.receiver.keyring.root).wire
    newer = reopen_directory(wire, two.receiver.roots)
    verify_ledger(ledger, [newer, old])
    refused(partial(verify_ledger, ledger, newer), "key-unknown")
    refused(partial(verify_ledger, ledger, []), "key-unknown")


# Form


def test_a_long_ledger_is_not_read() -> None:
    long: Ledger = {"handover": "x", "entries": [{}] * (MAX_ENTRIES + 1)}
    refused(partial(verify_ledger, long, []), "ledger-too-long")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["handover", "entries", "statement", "receipt", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["handover", "entries", "x"]), json_values))
def test_any_other_document_is_refused_with_our_error(value: Ledger) -> None:
    with pytest.raises(CaseHandoverError):
        verify_ledger(value, [])
