"""The two authorities of the simulation, and what they say at random."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from app.errors import Conflict, Malformed
from app.handover import replica as copies
from app.handover.codes import Side
from app.handover.fold import needs_opening, permitted_children
from app.handover.ledger import Entry
from app.handover.replica import Replica
from app.handover.statement import Statement, reopen
from app.handover.when import stamp
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    OPENING,
    RECEIVER,
    SENDER,
    STEP,
    conference,
    disposed,
    ident,
    item,
    result,
    statement,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEVER = {"ledger-fork", "ledger-prev", "ledger-keeper", "ledger-repeat", "ledger-receipt",
         "not-a-party", "not-an-entry", "not-assisted"}  # fmt: skip
"""What two honest authorities never say to each other."""
EARLY = {"unknown-handover", "opening-missing", "ledger-place"}
"""What may only mean that something else is still on its way."""
NEWER = ("fact", "chase", "disagreement", "arrangements")
"""Kinds that one side may not know yet: such as nothing else refers to."""


_reopen = lru_cache(maxsize=512)(reopen)


class Node:
    """One authority: its copy, what it waits to have answered, and the answers it gave."""

    def __init__(self, side: Side, keeps_order: bool, unknown: frozenset[str]) -> None:
        self.side = side
        self.me, self.peer = (SENDER, RECEIVER) if side == "sender" else (RECEIVER, SENDER)
        self.unknown = unknown
        self.replica = Replica(self.me, keeps_order)
        self.unanswered: dict[str, Statement] = {}
        self.given: dict[str, Statement] = {}

    def read(self, wire: bytes) -> Statement:
        """A statement as this version understands it."""
        opened = _reopen(wire)
        if opened.kind not in self.unknown or opened.payload.sender == self.me:
            return opened
        return Statement(opened.digest, opened.wire, opened.payload, None)

    def issue(self, kind: str, body: dict[str, Any], now: datetime, **members: Any) -> Statement:
        """States it. Raises what `replica.issue` raises."""
        claims = self.replica.claims()
        said = statement(
            kind, body, by=self.me, at=stamp(now), place=claims.place, prev=claims.prev,
            seen=claims.seen, **members,
        )  # fmt: skip
        self.replica = copies.issue(self.replica, said)
        self.unanswered[said.digest] = said
        return said

    def take(self, said: Statement, usable: bool, now: datetime) -> Statement | None:
        """The answer to the other side's statement; None where it comes too early."""
        if said.digest in self.given:
            return self.given[said.digest]
        try:
            copies.check_arrival(self.replica, said)
        except (Conflict, Malformed) as error:
            fail_if(error.code in NEVER, f"an honest side got {error}")
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


SAYS: dict[Side, list[str]] = {
    "sender": ["notification", "dispatch", "dispatch", "recall", "closure", "closure", "decline",
               "supplement", "correction", "query", "reply", "fact", "disagreement", "chase"],
    "receiver": ["acknowledgement", "arrangements", "acceptance", "acceptance", "acceptance",
                 "decline", "disposition", "destruction", "supplement", "query", "reply", "fact",
                 "disagreement", "chase"],
}  # fmt: skip


class Author:
    """Says at random what a side might say; much of it is refused by its own copy."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.number = 0

    def begin(self, side: Side) -> tuple[str, dict[str, Any]]:
        if side == "receiver":
            return "records_request", BODIES["records_request"]
        if self.rng.random() < 0.7:
            return "notification", self._body("notification", Node("sender", False, frozenset()))
        return "dispatch", {**BODIES["dispatch"], "opening": OPENING, "items": self._items()}

    def say(self, node: Node) -> tuple[str, dict[str, Any], list[str] | None]:
        view = node.replica.view()
        assert view is not None
        kind = self.rng.choice([k for k in SAYS[node.side] if k not in node.unknown])
        known = sorted({*view.children, ASH, BIRCH} if kind in ("notification", "dispatch")
                       else view.children)  # fmt: skip
        able = list(permitted_children(view, kind, node.side)) or known
        if kind in ("notification", "dispatch") and self.rng.random() < 0.5:
            able = known
        children = sorted(self.rng.sample(able, self.rng.randint(1, len(able))))
        body = self._body(kind, node, children)
        free = kind not in ("notification", "dispatch", "acceptance") and children == known
        return kind, body, None if free and self.rng.random() < 0.7 else children

    def _body(self, kind: str, node: Node, children: list[str] | None = None) -> dict[str, Any]:
        if kind in ("notification", "dispatch", "acknowledgement", "acceptance"):
            return self._main_body(kind, node, children or [])
        rng, view = self.rng, node.replica.view()
        changes: dict[str, Any] = {}
        match kind:
            case "supplement" | "correction":
                changes = {"items": self._items()}
            case "disposition":
                changes = {"dispositions": self._dispositions(node)}
            case "query":
                changes = {"query": ident(f"query {self._next()}")}
            case "reply":
                changes = {"query": rng.choice([*(view.questions if view else ()), ident("none")])}
            case "fact":
                day = (START + timedelta(days=rng.randint(-3, 20))).date().isoformat()
                code = rng.choice(["child_seen", "visited", "moved", "conference_held"])
                changes = {"code": code, "on": day}
            case "decline":
                changes = {"code": rng.choice(["another_area", "temporary_stay", "duplicate"])}
            case "recall":
                changes = {"code": rng.choice(["moved_on", "died", "plan_ended_at_review"])}
        return {**BODIES[kind], **changes}

    def _main_body(self, kind: str, node: Node, children: list[str]) -> dict[str, Any]:
        rng, body = self.rng, dict(BODIES[kind])
        if kind == "notification":
            body["basis"] = "information" if rng.random() < 0.2 else "transfer"
            body["planned"] = rng.choice(["planned", "unplanned"])
            if rng.random() < 0.3:
                del body["moved"]
        elif kind == "dispatch":
            body["items"] = self._items()
            if needs_opening(node.replica.view(), children):
                body["opening"] = OPENING
        elif kind == "acceptance":
            outcomes = ["plan", "plan", "plan", "no_plan", "adjourned", "not_accepted"]
            results = [result(child, rng.choice(outcomes)) for child in children]
            body = conference(results, self._dispositions(node))
        elif rng.random() < 0.3:
            body["steps"] = [{**STEP, "n": rng.randint(1, 9)}]
        return body

    def _items(self) -> list[dict[str, Any]]:
        kinds = ["concern", "outcome", "action", "gap"]
        return [
            item(f"item {self._next()}", self.rng.choice(kinds), self.rng.choice([ASH, None]))
            for _ in range(self.rng.choice([0, 0, 1, 2]))
        ]

    def _dispositions(self, node: Node) -> list[dict[str, Any]]:
        """Most of the open items get an answer, and most answers are final."""
        view = node.replica.view()
        answers = ["carried_forward", "in_new_plan", "resolved", "referred_on"] * 5 + ["queried"]
        return [
            {**disposed("x", self.rng.choice(answers)), "item": one}
            for one, seen in (view.items if view else {}).items()
            if seen.disposition in (None, "queried") and self.rng.random() < 0.95
        ]

    def _next(self) -> int:
        self.number += 1
        return self.number


def fail_if(wrong: bool, why: str) -> None:
    if wrong:
        raise AssertionError(why)
