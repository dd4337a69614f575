"""Statements for tests: unsigned, of fictional authorities and children, each by one short call."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from app.handover.ledger import Entry
from app.handover.statement import WITH_BUNDLE, WITHOUT_CHILDREN, Statement, reopen

SENDER = "gss:E10000025"
RECEIVER = "gss:E06000030"
STRANGER = "gss:W06000015"

MONDAY = "2026-03-02T09:00:00Z"


def ident(label: str) -> str:
    """An id that is always the same for a label."""
    return base64.b32encode(hashlib.sha256(label.encode()).digest()[:16]).decode()[:26].lower()


def digest(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()


HANDOVER = ident("handover")
ASH, BIRCH = sorted((ident("fictional child Ash"), ident("fictional child Birch")))
"""Two siblings, in the order of their references."""

STEP = {
    "code": "acknowledge",
    "owes": "receiver",
    "after": ["notified"],
    "begins": "first",
    "n": 1,
    "unit": "working_days",
    "met_by": ["acknowledged", "accepted", "declined"],
    "soon": 1,
    "source": "fictional",
}
LIMIT = {"code": "acknowledge", "n": 2, "unit": "working_days", "source": "partnership"}
"""Another limit for that step."""
TIMETABLE: dict[str, Any] = {
    "v": 1,
    "from": "2025-03-02",
    "until": "2028-03-02",
    "nations": {"sender": "england", "receiver": "england"},
    "closed": {"sender": ["2026-04-03"], "receiver": ["2026-04-03"]},
    "steps": [
        STEP,
        {
            **STEP,
            "code": "send_papers",
            "owes": "sender",
            "n": 3,
            "met_by": ["papers_received"],
        },
        {
            **STEP,
            "code": "hold_conference",
            "after": ["moved", "notified"],
            "begins": "last",
            "n": 15,
            "met_by": ["conference_held"],
        },
    ],
}
"""Three steps are enough for both sides to owe something."""

OPENING: dict[str, Any] = {
    "learned": "2026-03-02",
    "moved": {"on": "2026-02-28", "precision": "day"},
    "planned": "unplanned",
    "stay": "permanent",
    "restricted": False,
    "timetable": TIMETABLE,
}

BODIES: dict[str, dict[str, Any]] = {
    "notification": {**OPENING, "transfer": "cp_permanent", "basis": "transfer"},
    "records_request": {"learned": "2026-03-02", "restricted": False},
    "dispatch": {
        "transfer": "cp_permanent",
        "basis": "transfer",
        "items": [],
        "running": [{"code": "last_visit", "on": "2026-02-20"}],
        "earlier": [],
    },
    "receipt": {"of": digest("a statement"), "result": "stored"},
    "refusal": {"of": digest("a statement"), "code": "not-in-this-state"},
    "acknowledgement": {},
    "arrangements": {"worker": "allocated", "visit": "2026-03-04"},
    "acceptance": {
        "held": "2026-03-16",
        "quorate": True,
        "sender": "attended",
        "results": [{"child": ASH, "result": "no_plan"}],
        "dispositions": [],
        "family_told": True,
        "dissent": False,
    },
    "decline": {"code": "not_living_here", "visited": True},
    "recall": {"code": "returned_home"},
    "closure": {"ended": "2026-03-20"},
    "supplement": {"items": []},
    "correction": {"of": digest("a statement"), "withdraws": False, "items": []},
    "query": {"query": ident("query"), "about": "minutes", "due": "2026-03-06"},
    "reply": {"query": ident("query"), "result": "coming", "due": "2026-03-09"},
    "fact": {"code": "address_confirmed", "on": "2026-03-03"},
    "disposition": {
        "dispositions": [{"item": ident("item"), "disposition": "carried_forward"}],
    },
    "disagreement": {"disagreement": ident("row"), "act": "opened", "about": "threshold"},
    "chase": {"step": "acknowledge", "rung": 1},
    "heard": {"of": digest("a chase")},
    "destruction": {"bundles": [digest("a bundle")], "on": "2026-03-05"},
    "sync": {"nonce": ident("nonce"), "have": 3},
    "attested": {
        "says": "acknowledgement",
        "body": {},
        "told_on": "2026-03-03",
        "how": "telephone",
    },
}
"""A good body of every kind."""


def item(label: str, kind: str = "concern", child: str | None = ASH) -> dict[str, Any]:
    return {"id": ident(label), "type": kind} | ({"child": child} if child else {})


def disposed(label: str, disposition: str = "carried_forward", **more: Any) -> dict[str, Any]:
    return {"item": ident(label), "disposition": disposition, **more}


def result(child: str, outcome: str = "plan", **more: Any) -> dict[str, Any]:
    """One child's result of a conference, with what that result needs."""
    needs: dict[str, dict[str, Any]] = {
        "plan": {"category": {"scheme": "england", "code": "neglect"}, "start": "2026-03-16"},
        "adjourned": {"adjourned": "not_quorate"},
        "not_accepted": {"declined": "not_living_here"},
    }
    return {"child": child, "result": outcome, **needs.get(outcome, {}), **more}


def value(
    kind: str, body: dict[str, Any] | None = None, *, by: str = SENDER, **members: Any
) -> dict[str, Any]:
    """A payload, of Ash where it is of anybody, stated when all it speaks of has happened.
    `members` replace or add members; one that is None is left out."""
    body = BODIES.get(kind, {}) if body is None else body
    at = members.get("at", soonest(body, members.get("effective")))
    payload: dict[str, Any] = {
        "v": 1,
        "kind": kind,
        "handover": HANDOVER,
        "from": by,
        "to": RECEIVER if by == SENDER else SENDER,
        "at": at,
        "effective": at,
        "body": body,
    }
    if kind not in WITHOUT_CHILDREN:
        payload["children"] = [ASH]
    if kind in WITH_BUNDLE:
        payload["bundle"] = {"sha256": digest("bundle"), "size": 1, "manifest": digest("manifest")}
    return {name: one for name, one in {**payload, **members}.items() if one is not None}


def soonest(body: dict[str, Any], effective: str | None = None) -> str:
    """From Monday on, the first nine o'clock or so at which all of this is past."""
    inner = body.get("body", {}) if isinstance(body.get("body"), dict) else {}
    seen = body["seen"]["on"] if isinstance(body.get("seen"), dict) else None
    days = [effective, seen, *(part.get(name) for part in (body, inner)
                               for name in ("on", "held", "ended", "told_on"))]  # fmt: skip
    stamps = (day if "T" in day else f"{day}T09:00:00Z" for day in days if isinstance(day, str))
    return max([MONDAY, *stamps])


def wire(payload: dict[str, Any]) -> bytes:
    """An envelope without signatures. All names are ASCII, so sorting makes it canonical."""
    encoded = base64.urlsafe_b64encode(canonical(payload)).rstrip(b"=").decode()
    return canonical({"payload": encoded, "signatures": []})


def canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def statement(
    kind: str, body: dict[str, Any] | None = None, *, by: str = SENDER, **members: Any
) -> Statement:
    """A statement as if verified."""
    return reopen(wire(value(kind, body, by=by, **members)))


def receipt(
    of: Statement, place: int | None, prev: str | None, outcome: str = "stored", **members: Any
) -> Statement:
    """The receipt of the other side for a statement."""
    body = {"of": of.digest, "result": outcome}
    if outcome == "unusable":
        body["code"] = "bundle-digest"
    members = {"by": of.payload.recipient, "to": of.payload.sender, **members}
    return statement("receipt", body, place=place, prev=prev, **members)


class Book:
    """A ledger in the making: statements get their places as the keeper would give them."""

    def __init__(self, keeper: str = RECEIVER) -> None:
        self.keeper = keeper
        self.entries: list[Entry] = []
        self.now = MONDAY

    def says(
        self,
        kind: str,
        body: dict[str, Any] | None = None,
        *,
        by: str = SENDER,
        outcome: str = "stored",
        **members: Any,
    ) -> Statement:
        """Adds what `by` says; the keeper knows of it at `known`, or when it was said. It is said
        when all it speaks of has happened, and after what was said before."""
        happened = soonest(BODIES.get(kind, {}) if body is None else body, members.get("effective"))
        at = members.setdefault("at", max(self.now, happened))
        known = members.pop("known", at)
        self.now = max(self.now, at, known)
        place = len(self.entries) + 1
        prev = self.entries[-1].digest if self.entries else None
        members.setdefault("seen", prev)
        if by == self.keeper:
            said = statement(kind, body, by=by, place=place, prev=prev, **members)
            self.entries.append(Entry(said))
        else:
            said = statement(kind, body, by=by, **members)
            self.entries.append(Entry(said, receipt(said, place, prev, outcome, at=known)))
        return said


def dispatched(
    items: Sequence[dict[str, Any]] = (), children: Sequence[str] = (ASH,), **changes: Any
) -> Book:
    """A handover that was notified and whose papers have come."""
    book = Book()
    book.says("notification", {**BODIES["notification"], **changes}, children=list(children))
    body = {**BODIES["dispatch"], "items": list(items)}
    book.says("dispatch", body, children=list(children))
    return book


def conference(
    results: Sequence[dict[str, Any]], dispositions: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The body of an acceptance."""
    return {
        **BODIES["acceptance"],
        "results": list(results),
        "dispositions": list(dispositions),
    }
