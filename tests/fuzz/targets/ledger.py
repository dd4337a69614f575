"""Ledgers whose places, receipts and digests hold: they fold, and all that follows is computed."""

import json
from collections.abc import Iterator
from typing import Any

from app.crypto import base64url, ids, jws, strictjson
from app.flows.verify import verify_ledger
from app.handover.holder import plan_holder
from app.handover.ledger import Entry, fold
from app.handover.statement import reopen, to_value
from app.trust.directory import reopen_directory, sign_directory
from app.trust.envelope import LIMIT, TYP
from tests.fuzz.structure import mutate
from tests.handover import make
from tests.vectors import broken_ledgers, ledgers, make_ledger, parties
from tests.vectors.make_jws import keys
from tests.vectors.parties import GOOD, ROOT, ROOTS

__all__ = ["mutate", "one", "seeds"]
DIRECTORY = reopen_directory(sign_directory(parties.directory(), ROOT).wire, ROOTS)
SIGNERS = {make.SENDER: GOOD, make.RECEIVER: keys("receiver")}


def seeds() -> Iterator[bytes]:
    for story in (*ledgers.STORIES, *broken_ledgers.STORIES):
        book = story()
        entries = [
            {"statement": to_value(entry.statement.payload), "digest": entry.statement.digest}
            | ({"receipt": to_value(entry.receipt.payload)} if entry.receipt else {})
            | {"placed": entry.digest}
            for entry in book.entries
        ]
        yield json.dumps({"entries": entries, "now": ledgers.NOW}).encode()
        if len(entries) < 4:
            yield json.dumps({"entries": entries, "now": ledgers.NOW, "signed": True}).encode()


def one(data: bytes) -> None:
    given = strictjson.parse(data, limit=8 * LIMIT)
    match given:
        case {"entries": [*written], **others}:
            signed, now = others.get("signed") is True, others.get("now")
            _ledger(_chained(written, signed), str(now), signed)


def _ledger(wires: list[tuple[bytes, bytes | None]], now: str, signed: bool) -> None:
    entries = tuple(Entry(reopen(one_), reopen(two) if two else None) for one_, two in wires)
    if signed:
        _verify(entries)
    view = fold(entries)
    assert view == fold(entries)
    if view is not None:
        assert view.length == len(entries)
        assert make_ledger.computed(entries, now)


def _verify(entries: tuple[Entry, ...]) -> None:
    """What verifies offline is what folds."""
    handover = entries[0].statement.payload.handover if entries else None
    written = [
        {"statement": entry.statement.wire.decode()}
        | ({"receipt": entry.receipt.wire.decode()} if entry.receipt else {})
        for entry in entries
    ]
    report = verify_ledger({"handover": str(handover), "entries": written}, DIRECTORY)
    assert report.view == fold(entries)
    for child in report.children:
        assert child.plan_held_by == plan_holder(report.view, child.child, report.on)


def _chained(written: list[Any], signed: bool) -> list[tuple[bytes, bytes | None]]:
    """The entries, each naming what now has the digest that it named: `digest` and `placed` are
    those of an entry's statement and of its receipt before anything was changed."""
    became: dict[str, str] = {}
    wires = []
    for entry in written:
        if not isinstance(entry, dict) or not isinstance(entry.get("statement"), dict):
            continue
        gave = entry.get("receipt")
        said = _wire(entry["statement"], str(entry.get("digest")), became, signed)
        answer = None
        if isinstance(gave, dict):
            answer = _wire(gave, str(entry.get("placed")), became, signed)
        wires.append((said, answer))
    return wires


def _wire(payload: dict[str, Any], before: str, became: dict[str, str], signed: bool) -> bytes:
    mended = _mended(payload, became)
    data = strictjson.canonical(mended)
    became[before] = ids.digest(data)
    signer = SIGNERS.get(str(mended.get("from"))) if signed else None
    if signer:
        return jws.sign(mended, TYP, signer).wire
    return strictjson.canonical({"payload": base64url.encode(data), "signatures": []})


def _mended(value: Any, became: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _mended(inner, became) for name, inner in value.items()}
    if isinstance(value, list):
        return [_mended(inner, became) for inner in value]
    return became.get(value, value) if isinstance(value, str) else value
