"""What the authorities of the simulation say, at random."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.handover.codes import Side
from app.handover.fold import needs_opening, permitted_children
from app.handover.rules import WITHDRAWABLE
from app.handover.statement import WITHOUT_CHILDREN
from app.handover.view import HandoverView
from app.handover.when import stamp
from tests.handover.actors import NEWER, START, Node
from tests.handover.make import (
    ASH,
    BIRCH,
    BODIES,
    LIMIT,
    OPENING,
    conference,
    disposed,
    ident,
    item,
    result,
)

SAYS: dict[Side, list[str]] = {
    "sender": ["notification", "dispatch", "dispatch", "recall", "closure", "closure", "decline",
               "supplement", "correction", "query", "reply", "fact", "disagreement", "chase",
               "heard", "omen"],
    "receiver": ["acknowledgement", "arrangements", "acceptance", "acceptance", "acceptance",
                 "decline", "disposition", "destruction", "supplement", "correction", "query",
                 "reply", "fact", "disagreement", "chase", "heard", "omen", "portent"],
}  # fmt: skip


CODES: dict[Side, list[str]] = {
    "sender": ["agencies_told", "minutes_shared", "moved", "a_new_code"],
    "receiver": ["child_seen", "visited", "moved", "conference_held"],
}
"""Facts that a side may state."""


class Author:
    """Says at random what a side might say; much of it is refused by its own copy."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.number = 0

    def begin(self, side: Side) -> tuple[str, dict[str, Any]]:
        if side == "receiver":
            return "records_request", BODIES["records_request"]
        if self.rng.random() < 0.7:
            return "notification", self._notification()
        return "dispatch", {**BODIES["dispatch"], "opening": OPENING, "items": self._items()}

    def say(self, node: Node, now: datetime) -> tuple[str, dict[str, Any], list[str] | None]:
        view, placed = node.replica.view(), node.replica.confirmed
        assert view is not None
        kind = self.rng.choice([k for k in SAYS[node.side] if node.aware or k not in NEWER])
        known = sorted({*view.children, ASH, BIRCH} if kind in ("notification", "dispatch")
                       else view.children)  # fmt: skip
        able = list(permitted_children(view, NEWER.get(kind, kind), node.side)) or known
        if kind in ("notification", "dispatch") and self.rng.random() < 0.5:
            able = known
        children = sorted(self.rng.sample(able, self.rng.randint(1, len(able))))
        # Nobody refers to a statement of its own that may yet be refused.
        firm = kind in ("correction", "disagreement")
        seen = (placed or replace(view, statements={}, disagreements={})) if firm else view
        body = self._body(NEWER.get(kind, kind), node, seen, children, now)
        return kind, body, None if kind in WITHOUT_CHILDREN else children

    def effective(self, kind: str, now: datetime) -> str:
        """When it is true from: mostly now, sometimes earlier, and a decision maybe later."""
        days = {"acknowledgement": [0], "acceptance": [-3, 0, 0, 0, 5]}.get(kind, [-3, -1, 0, 0])
        day = (now + timedelta(days=self.rng.choice(days))).date().isoformat()
        return self.rng.choice([day, stamp(now)])

    def _body(
        self, kind: str, node: Node, view: HandoverView, children: list[str], now: datetime
    ) -> dict[str, Any]:
        match kind:
            case "notification":
                return self._notification()
            case "dispatch":
                return self._dispatch(view, children)
            case "acknowledgement":
                return (
                    {"steps": [{**LIMIT, "n": self.number % 9 + 1}]}
                    if self.rng.random() < 0.3
                    else {}
                )
            case "acceptance":
                outcomes = ["plan", "plan", "plan", "no_plan", "adjourned", "not_accepted"]
                results = [result(child, self.rng.choice(outcomes)) for child in children]
                body = conference(results, self._dispositions(view))
                return {**body, "held": self._day(now)}
        return {**BODIES[kind], **self._changes(kind, node, view, now)}

    def _changes(self, kind: str, node: Node, view: HandoverView, now: datetime) -> dict[str, Any]:
        match kind:
            case "supplement":
                return {"items": self._items()}
            case "correction":
                return self._correction(node, view)
            case "disposition":
                answer = self.rng.choice(["resolved", "referred_on", "queried"])
                given = [{**disposed("x", answer), "item": one} for one in view.items]
                return {"dispositions": given[:2]} if given else {}
            case "disagreement":
                return self._disagreement(view)
            case "heard":
                chases = [one for one, (said, by) in view.statements.items()
                          if said == "chase" and by != node.side]  # fmt: skip
                return {"of": self.rng.choice(chases)} if chases else {}
        return self._codes(kind, node, view, now)

    def _codes(self, kind: str, node: Node, view: HandoverView, now: datetime) -> dict[str, Any]:
        pick = self.rng.choice
        match kind:
            case "query":
                return {"query": ident(f"query {self._next()}")}
            case "reply":
                asked = [one for one, by in view.askers.items() if by != node.side]
                return {"query": pick(asked)} if asked else {}
            case "fact":
                return {"code": pick(CODES[node.side]), "on": self._day(now)}
            case "closure":
                return {"ended": now.date().isoformat()}
            case "decline":
                return {"code": pick(["another_area", "temporary_stay", "duplicate"])}
            case "recall":
                return {"code": pick(["moved_on", "died", "plan_ended_at_review"])}
        return {}

    def _notification(self) -> dict[str, Any]:
        body = {**BODIES["notification"], "planned": self.rng.choice(["planned", "unplanned"])}
        if self.rng.random() < 0.2:
            body |= {"transfer": "cp_temporary", "basis": "information"}
        if self.rng.random() < 0.3:
            del body["moved"]
        return body

    def _dispatch(self, view: HandoverView, children: list[str]) -> dict[str, Any]:
        body = {**BODIES["dispatch"], "items": self._items()}
        opened = {"opening": OPENING} if needs_opening(view, children) else {}
        return body | opened

    def _correction(self, node: Node, view: HandoverView) -> dict[str, Any]:
        """Of what its own side said in a kind that both know: nothing refers to a newer one."""
        ours = {one: said for one, (said, by) in view.statements.items()
                if by == node.side and one not in node.newer}  # fmt: skip
        if not ours:
            return {}
        of = self.rng.choice(list(ours))
        withdraws = ours[of] in WITHDRAWABLE and self.rng.random() < 0.7
        return {"of": of, "withdraws": withdraws, "items": [] if withdraws else self._items()}

    def _disagreement(self, view: HandoverView) -> dict[str, Any]:
        if not view.disagreements or self.rng.random() < 0.3:
            return {"disagreement": ident(f"row {self._next()}")}
        one = self.rng.choice(list(view.disagreements))
        return {"disagreement": one, "act": self.rng.choice(["opened", "step", "resolved"])}

    def _day(self, now: datetime) -> str:
        """Of late; mostly not before the handover began."""
        earliest = START - timedelta(days=self.rng.choice([0, 0, 0, 2]))
        return max(earliest, now - timedelta(days=self.rng.randint(0, 2))).date().isoformat()

    def _items(self) -> list[dict[str, Any]]:
        kinds = ["concern", "outcome", "action", "gap"]
        return [
            item(f"item {self._next()}", self.rng.choice(kinds), self.rng.choice([ASH, None]))
            for _ in range(self.rng.choice([0, 0, 1, 2]))
        ]

    def _dispositions(self, view: HandoverView) -> list[dict[str, Any]]:
        """Most of the open items get an answer, and most answers are final."""
        answers = ["carried_forward", "in_new_plan", "resolved", "referred_on"] * 5 + ["queried"]
        return [
            {**disposed("x", self.rng.choice(answers)), "item": one}
            for one, seen in view.items.items()
            if seen.disposition in (None, "queried") and self.rng.random() < 0.95
        ]

    def _next(self) -> int:
        self.number += 1
        return self.number
