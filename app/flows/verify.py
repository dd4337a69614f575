"""Verifying evidence offline: a saved ledger, or a bundle with its statement. Pure: no database, no
server, nothing but what is given.

A key counts by the moment at which its statement was first received. Offline nobody can know that
moment, so the ledger's own word is taken: a statement was known when the receipt that gave it its
place was signed, and what the keeper of the order signed, when it says so itself. What is proved is
who signed, what, in which order, and what follows from it; of the dates, only that each authority
has put its name to its own. A compromised key counts at no time, whatever it says. To learn more
about the dates, compare the copies of both sides.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.bundle.admit import admit
from app.bundle.manifest import LIMITS, Announced, Expected, Limits, Member
from app.crypto import jws
from app.crypto.age import Read
from app.crypto.recipients import Identity
from app.errors import CaseHandoverError, Malformed, NotVerified, TooLarge
from app.handover.holder import plan_holder
from app.handover.ledger import Entry, extend
from app.handover.statement import Statement, from_envelope
from app.handover.view import HandoverView
from app.handover.when import instant, london_date
from app.trust.directory import Directory
from app.trust.envelope import LIMIT, TYP, VerifiedEnvelope, verify_as_known

MAX_ENTRIES = 10_000
_PIECE = 1 << 20


@dataclass(frozen=True)
class EntryReport:
    """One place of a ledger that verifies, and the authority and keyset that signed what was said.
    An `attested` entry is what a sender wrote down of the other side, who has not signed it."""

    entry: Entry
    signed_by: str
    keyset: str


@dataclass(frozen=True)
class ChildReport:
    """What the whole ledger says of one child. `passed`: since when the receiving authority has
    taken the child over."""

    child: str
    state: str
    plan_held_by: str
    result: str | None
    passed: str | None


@dataclass(frozen=True)
class LedgerReport:
    """A ledger that verifies, from its first entry to its last. `view` is what it says, `on` the
    day for which `plan_held_by` is told."""

    view: HandoverView
    on: date
    entries: tuple[EntryReport, ...]
    children: tuple[ChildReport, ...]


@dataclass(frozen=True)
class BundleReport:
    """A bundle that is the one its statement announced. `members` are what was verified inside, in
    order; None where nobody could look inside."""

    statement: str
    kind: str
    handover: str
    signed_by: str
    sha256: str
    size: int
    members: tuple[Member, ...] | None


def verify_ledger(
    value: dict[str, Any],
    directories: Directory | Sequence[Directory],
    on: date | None = None,
) -> LedgerReport:
    """Verify the JSON of `GET .../ledger`: every signature, the chain of places, the lifecycle.

    `directories` are opened ones, such as those archived with the ledger; the newest that knows a
    key judges it. `on`: the day for which to tell who holds the plan; that of the last entry, if
    None. What an entry says beside its statements may be missing, and must agree if it is there.
    Raises Malformed (`ledger-form`), TooLarge (`ledger-too-long`), and NotVerified with the code of
    whatever is wrong and a pointer to the first entry that is.
    """
    handover, given = _form(value)
    view: HandoverView | None = None
    entries: list[EntryReport] = []
    for number, members in enumerate(given):
        where = f"/entries/{number}"
        entry, envelope = _entry(members, _in_order(directories), where)
        try:
            view = extend(view, entry)
        except CaseHandoverError as error:
            raise _at(where, error) from None
        if view.handover != handover:
            raise NotVerified("ledger-other", "This speaks of another handover.", pointer=where)
        _check_members(members, entry, where)
        entries.append(EntryReport(entry, envelope.authority.identifier, envelope.keyset_id))
    assert view is not None
    day = on or london_date(entries[-1].entry.known_at)
    return LedgerReport(view, day, tuple(entries), tuple(_children(view, day)))


def verify_bundle(
    read: Read,
    wire: bytes,
    directories: Directory | Sequence[Directory],
    identities: Sequence[Identity] = (),
    limits: Limits = LIMITS,
) -> BundleReport:
    """Verify a sealed bundle against the statement that announces it, reading it once.

    Without `identities` its digest and size are checked: it is the file that was announced. With
    those of the receiving authority, or of the sender's archive, every byte inside is verified.
    Raises as `verify_statement`, `from_envelope` and `bundle.admit` do, and Malformed
    (`statement-bundle`) for a statement that announces none.
    """
    statement, envelope = _statement(wire, _in_order(directories), None)
    payload = statement.payload
    if payload.bundle is None:
        raise Malformed("statement-bundle", "This statement announces no bundle.")
    announced = Announced(payload.bundle.sha256, payload.bundle.size, payload.bundle.manifest)
    members = None
    if identities:
        expected = Expected(payload.kind, statement.handover, payload.sender, payload.recipient)
        members = admit(read, announced, expected, identities, limits).manifest.members
    else:
        _check_file(read, announced)
    return BundleReport(
        statement.digest,
        statement.kind,
        statement.handover,
        envelope.authority.identifier,
        announced.sha256,
        announced.size,
        members,
    )


def verify_statement_alone(
    wire: bytes, directories: Directory | Sequence[Directory]
) -> tuple[Statement, str]:
    """One signed statement, and who signed it: half of a contradiction, say. Raises as
    `verify_statement` and `from_envelope` do."""
    statement, envelope = _statement(wire, _in_order(directories), None)
    return statement, envelope.authority.identifier


def _form(value: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    match value:
        case {"handover": str(handover), "entries": [*entries], **others} if not others:
            if len(entries) > MAX_ENTRIES:
                raise TooLarge("ledger-too-long", f"A ledger has at most {MAX_ENTRIES} entries.")
            if entries and all(isinstance(one, dict) for one in entries):
                return handover, entries
    raise _malformed("")


def _entry(
    members: dict[str, Any], directories: list[Directory], where: str
) -> tuple[Entry, VerifiedEnvelope]:
    """An entry whose signatures hold, and the envelope of what was said."""
    match members:
        case {"statement": str(said), "receipt": str(gave)}:
            receipt, _ = _verified(gave, directories, None, f"{where}/receipt")
            known = instant(receipt.payload.at)
            statement, envelope = _verified(said, directories, known, f"{where}/statement")
            return Entry(statement, receipt), envelope
        case {"statement": str(said)} if members.get("receipt") is None:
            statement, envelope = _verified(said, directories, None, f"{where}/statement")
            return Entry(statement), envelope
    raise _malformed(where)


def _verified(
    text: str, directories: list[Directory], known: datetime | None, where: str
) -> tuple[Statement, VerifiedEnvelope]:
    try:
        return _statement(text.encode(errors="replace"), directories, known)
    except CaseHandoverError as error:
        raise _at(where, error) from None


def _statement(
    wire: bytes, directories: list[Directory], known: datetime | None
) -> tuple[Statement, VerifiedEnvelope]:
    """A statement whose keys were good when it was `known`; at its own word, if None."""
    claimed = jws.parse(wire, TYP, limit=LIMIT).value.get("at")
    moment = known or instant(claimed if isinstance(claimed, str) else "")
    envelope = verify_as_known(wire, directories, moment)
    return from_envelope(envelope), envelope


def _check_members(members: dict[str, Any], entry: Entry, where: str) -> None:
    """What stands beside the signed statements says what they say, and nothing else."""
    payload = entry.statement.payload
    signed: dict[str, object] = {
        "statement": members["statement"],
        "receipt": members.get("receipt"),
        "place": entry.place,
        "digest": entry.statement.digest,
        "kind": payload.kind,
        "from": payload.sender,
        "at": payload.at,
        "effective": payload.effective,
        "known_at": entry.known_at,
        "result": entry.result,
    }
    for name, said in members.items():
        if name not in signed:
            raise _malformed(where)
        if (type(said), said) != (type(signed[name]), signed[name]):
            raise NotVerified(
                "ledger-members",
                "What is written beside a statement is not what was signed.",
                pointer=f"{where}/{name}",
            )


def _children(view: HandoverView, day: date) -> Iterator[ChildReport]:
    for child, seen in sorted(view.children.items()):
        holder = plan_holder(view, child, day)
        yield ChildReport(child, seen.state, holder, seen.result, seen.passed)


def _check_file(read: Read, announced: Announced) -> None:
    digest, left = hashlib.sha256(), announced.size
    while left >= 0 and (piece := read(min(_PIECE, left + 1))):
        digest.update(piece)
        left -= len(piece)
    if left:
        raise NotVerified("bundle-size", "Not of the announced size.")
    if digest.hexdigest() != announced.sha256:
        raise NotVerified("bundle-digest", "Not the announced bytes.")


def _in_order(directories: Directory | Sequence[Directory]) -> list[Directory]:
    """The newest first."""
    given = [directories] if isinstance(directories, Directory) else directories
    return sorted(given, key=lambda one: one.version, reverse=True)


def _at(where: str, error: CaseHandoverError) -> NotVerified:
    return NotVerified(error.code, error.detail, pointer=where, ids=error.ids)


def _malformed(where: str) -> Malformed:
    return Malformed("ledger-form", "Give a ledger as the service saves it.", pointer=where)
