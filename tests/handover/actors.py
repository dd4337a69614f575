"""The two authorities of the simulation."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.errors import Conflict, Malformed
from app.handover import replica as copies
from app.handover.codes import Side
from app.handover.ledger import Entry
from app.handover.replica import Replica
from app.handover.statement import Statement, parse_body, reopen
from app.handover.when import stamp
from tests.handover.make import (
    RECEIVER,
    SENDER,
    statement,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEVER = {"ledger-fork", "ledger-prev", "ledger-keeper", "ledger-repeat", "ledger-receipt",
         "ledger-time", "not-a-party", "not-an-entry", "not-assisted"}  # fmt: skip
"""What two honest authorities never say to each other."""
ALIKE = {"ledger-seen", "dates-ahead", "acknowledged-now", "ended-early", "timetable-elsewhere",
         "not-your-fact", "not-withdrawable", "query-repeated", "not-yours-to-answer",
         "unknown-query", "disagreement-repeated", "duplicate-of-nothing", "unknown-step",
         "not-your-step", "steps-too-late", "too-many-children", "too-many-items"}  # fmt: skip
"""What an author's own copy knows as well as the other side's: it is refused before it is sent."""
EARLY = {"unknown-handover", "opening-missing", "ledger-place", "dates-early",
         "unknown-statement"}  # fmt: skip
"""What may only mean that something else is still on its way."""
NEWER = {"omen": "fact", "portent": "arrangements"}
"""Kinds of a second version, which not everybody knows: each a kind of ours by another name."""


opened = lru_cache(maxsize=512)(reopen)


class Node:
    """One authority: its copy, what it waits to have answered, and the answers it gave."""

    def __init__(self, side: Side, keeps_order: bool, aware: bool) -> None:
        self.side = side
        self.me, self.peer = (SENDER, RECEIVER) if side == "sender" else (RECEIVER, SENDER)
        self.aware = aware
        self.replica = Replica(self.me, keeps_order)
        self.unanswered: dict[str, Statement] = {}
        self.given: dict[str, Statement] = {}
        self.newer: set[str] = set()

    def read(self, wire: bytes) -> Statement:
        """A statement as this node's version understands it."""
        plain = opened(wire)
        if not self.aware or plain.kind not in NEWER:
            return plain
        payload = plain.payload.model_copy(update={"kind": NEWER[plain.kind]})
        body = parse_body(payload.kind, payload.body)
        return Statement(plain.digest, plain.wire, payload, body)

    def issue(self, kind: str, body: dict[str, Any], now: datetime, **members: Any) -> Statement:
        """States it. Raises what `replica.issue` raises."""
        claims = self.replica.claims()
        said = self.read(statement(
            kind, body, by=self.me, at=stamp(now), place=claims.place, prev=claims.prev,
            seen=claims.seen, v=2 if kind in NEWER else 1, **members,
        ).wire)  # fmt: skip
        self.replica = copies.issue(self.replica, said)
        self.unanswered[said.digest] = said
        if kind in NEWER:
            self.newer.add(said.digest)
        return said

    def take(self, said: Statement, usable: bool, now: datetime) -> Statement | None:
        """The answer to the other side's statement; None where it comes too early."""
        if said.digest in self.given:
            return self.given[said.digest]
        try:
            copies.check_arrival(self.replica, said)
        except (Conflict, Malformed) as error:
            fail_if(error.code in NEVER | ALIKE, f"an honest side got {error}")
            if error.retryable:
                return None
            fail_if(error.code in EARLY, f"refused for good, and was only early: {error}")
            fail_if(not self.replica.keeps_order, f"the keeper's word was refused: {error}")
            answer = self._answer("refusal", {"of": said.digest, "code": error.code}, now)
        else:
            answer = self._stored(said, usable, now)
        self.given[said.digest] = answer
        return answer

    def settle(self, answer: Statement) -> None:
        """Takes the other side's receipt or refusal for a statement of ours; repeats are idle."""
        assert answer.body is not None
        of = answer.body.of  # type: ignore[attr-defined]
        if not self.replica.keeps_order:
            if answer.kind == "receipt":
                self.replica = copies.confirm(self.replica, answer)
            elif of in self.unanswered:
                self.replica = copies.withdraw(self.replica, answer)
        self.unanswered.pop(of, None)

    def restart(self) -> None:
        """Loads its copy from the statements it stored."""
        old = self.replica
        entries = tuple(
            Entry(self.read(entry.statement.wire),
                  self.read(entry.receipt.wire) if entry.receipt else None)
            for entry in old.entries
        )  # fmt: skip
        self.replica = Replica(self.me, old.keeps_order, entries, old.pending, old.receipts)

    def _stored(self, said: Statement, usable: bool, now: datetime) -> Statement:
        body = {"of": said.digest, "result": "held" if said.body is None else "stored"}
        if not usable and said.body is not None and said.payload.bundle is not None:
            body |= {"result": "unusable", "code": "bundle-open"}
        if not self.replica.keeps_order:
            self.replica = copies.follow(self.replica, said)
            return self._answer("receipt", body, now)
        claims = self.replica.claims()
        receipt = self._answer("receipt", body, now, place=claims.place, prev=claims.prev)
        self.replica = copies.place(self.replica, said, receipt)
        return receipt

    def _answer(self, kind: str, body: dict[str, Any], now: datetime, **members: Any) -> Statement:
        return statement(kind, body, by=self.me, at=stamp(now), **members)


def fail_if(wrong: bool, why: str) -> None:
    if wrong:
        raise AssertionError(why)
