"""Desks at both authorities: they work through handovers, and remember what they were promised."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import httpx

from tests.acceptance.faults.authority import Authority
from tests.acceptance.services import TODAY
from tests.casefile import samples

MARK = "Zq" + "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(10))
"""Stands in every word of every case of this run."""
CHILD = samples.ref("child")
PERSON = {"name": MARK, "role": MARK, "team": MARK, "phone": "01632 960001"}
GIVE_UP = 0.1
TRIES = 60


class GivenUp(Exception):
    """The desk does not know whether it was done."""


class RefusedForGood(Exception):
    """It was refused, and trying again would not help."""


@dataclass
class Promise:
    """Something asked under a key. `statement`: what was answered, once it was."""

    author: Authority
    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    statement: str | None = None
    kind: str = ""


@dataclass
class Case:
    """One handover on its way; `stage` is the next thing to do."""

    number: int
    handover: str = ""
    stage: int = 0
    documents: dict[int, str] = field(default_factory=dict)
    """SHA-256 of each document that was taken, by number."""
    promises: list[Promise] = field(default_factory=list)
    over: bool = False


class Desk:
    """One person's work at both authorities, over the faulty wires."""

    def __init__(self, sender: Authority, receiver: Authority, chance: Random) -> None:
        self.sender, self.receiver = sender, receiver
        self._http = {one.identifier: one.client() for one in (sender, receiver)}
        self.chance = chance
        self.answered = 0
        """How many requests had an answer."""

    def close(self) -> None:
        for one in self._http.values():
            one.close()

    def step(self, case: Case) -> None:
        """The next thing for this case, whatever comes of it."""
        steps = (self._draft, self._attach, self._notify, self._dispatch, self._acknowledge,
                 self._fact, self._arrange, self._accept, self._fact, self._close)  # fmt: skip
        try:
            if steps[case.stage](case):
                case.stage += 1
        except GivenUp:
            case.stage += 1
        except RefusedForGood:
            case.over = True
        case.over = case.over or case.stage == len(steps)

    def _draft(self, case: Case) -> bool:
        names = [{"full": f"{MARK} {case.number}", "kind": "legal"}]
        case_file = samples.case(
            children=[samples.child(names=names)],
            concerns=[samples.concern(what=f"{MARK} is invented.")],
        )
        asked = {
            "recipient": self.receiver.identifier,
            "own_reference": f"FICTION/{case.number}",
            "transfer": "cp_permanent",
            "case_file": case_file,
        }
        promise = Promise(self.sender, "/v1/drafts", asked)
        answer = self.insist(promise)
        case.handover = answer["id"]
        return True

    def _attach(self, case: Case) -> bool:
        number = len(case.documents) + 1
        data = self.chance.randbytes(self.chance.choice((900, 70_000, 400_000)))
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(MARK)}.pdf",
            "Content-Type": "application/pdf",
        }
        path = f"/v1/drafts/{case.handover}/attachments/{number}"

        def put() -> httpx.Response:
            http = self._http[self.sender.identifier]
            return http.put(path, content=data, headers=headers)

        self._until_answered(put, give_up=False)
        case.documents[number] = hashlib.sha256(data).hexdigest()
        return self.chance.random() < 0.5

    def _notify(self, case: Case) -> bool:
        words = {
            "v": 1, "fictional": True, "immediate_risk": MARK,
            "children": [{"id": CHILD, "status": "living"}],
        }  # fmt: skip
        self._say(case, self.sender, f"/v1/drafts/{case.handover}/notification", {"words": words})
        return True

    def _dispatch(self, case: Case) -> bool:
        self._say(case, self.sender, f"/v1/drafts/{case.handover}/dispatch", {})
        return True

    def _acknowledge(self, case: Case) -> bool:
        if not self._is(case, "dispatched"):
            return False
        self._say(case, self.receiver, self._at(case, "acknowledgement"),
                  {"words": {"person": PERSON}})  # fmt: skip
        return True

    def _fact(self, case: Case) -> bool:
        author = self.chance.choice((self.sender, self.receiver))
        code = self.chance.choice(("address_confirmed", "minutes_shared", "child_seen"))
        body = {"codes": {"code": code, "on": TODAY.isoformat()}}
        self._say(case, author, self._at(case, "facts"), body)
        return self.chance.random() < 0.4

    def _arrange(self, case: Case) -> bool:
        codes = {"worker": "allocated", "conference": TODAY.isoformat()}
        self._say(case, self.receiver, self._at(case, "arrangements"), {"codes": codes})
        return True

    def _accept(self, case: Case) -> bool:
        shown = self.show(self.receiver, case.handover)
        on = TODAY.isoformat()
        items = [one["item"] for one in shown["items"] if one["type"] in ("concern", "outcome")]
        codes = {
            "held": on, "quorate": True, "sender": "attended",
            "results": [{"child": CHILD, "result": "plan", "start": on,
                         "category": {"scheme": "england", "code": "neglect"}}],
            "dispositions": [{"item": one, "disposition": "carried_forward"} for one in items],
            "core_group": (TODAY + timedelta(days=10)).isoformat(),
            "review": (TODAY + timedelta(days=90)).isoformat(),
            "family_told": True, "dissent": False,
        }  # fmt: skip
        owner = {"name": MARK, "role": MARK}
        words = {
            "chair": {"name": MARK, "role": MARK},
            "items": [{"item": one, "owner": owner} for one in items],
        }
        self._say(case, self.receiver, self._at(case, "acceptance"),
                  {"codes": codes, "words": words})  # fmt: skip
        return True

    def _close(self, case: Case) -> bool:
        if not self._is(case, "accepted", at=self.sender):
            return False
        self._say(case, self.sender, self._at(case, "closure"),
                  {"codes": {"ended": TODAY.isoformat()}})  # fmt: skip
        return True

    def _at(self, case: Case, what: str) -> str:
        return f"/v1/handovers/{case.handover}/{what}"

    def _is(self, case: Case, state: str, at: Authority | None = None) -> bool:
        """Whether it is so far there; where it is not, somebody sends again what waits."""
        try:
            shown = self.show(at or self.receiver, case.handover)
        except RefusedForGood:
            shown = None
        if shown is not None and {one["state"] for one in shown["children"]} == {state}:
            return True
        for author in (self.sender, self.receiver):
            self.send_again(author, case.handover)
        return False

    def send_again(self, author: Authority, handover: str) -> None:
        """One action of a person who sees that something was not delivered."""
        path = f"/v1/handovers/{handover}"
        http = self._http[author.identifier]
        try:
            shown = http.get(path)
            for one in shown.json()["deliveries"] if shown.is_success else []:
                if one["problem"]:
                    http.post(f"{path}/deliveries/{one['statement']}/retry")
        except (httpx.HTTPError, ValueError):
            return

    def show(self, at: Authority, handover: str) -> Any:
        return self._get(at, f"/v1/handovers/{handover}")

    def ledger(self, at: Authority, handover: str) -> Any:
        return self._get(at, f"/v1/handovers/{handover}/ledger")

    def download(self, path: str) -> bytes:
        http = self._http[self.receiver.identifier]
        return self._until_answered(lambda: http.get(path), give_up=False).content

    def _get(self, author: Authority, path: str) -> Any:
        http = self._http[author.identifier]
        return self._until_answered(lambda: http.get(path), give_up=False).json()

    def _say(self, case: Case, author: Authority, path: str, body: dict[str, Any]) -> None:
        promise = Promise(author, path, body)
        case.promises.append(promise)
        answer = self.insist(promise, give_up=True)
        promise.statement, promise.kind = answer["statement"], answer["kind"]

    def insist(self, promise: Promise, *, give_up: bool = False) -> Any:
        """Ask under its key until there is an answer."""
        http, key = self._http[promise.author.identifier], {"Idempotency-Key": promise.key}

        def post() -> httpx.Response:
            return http.post(promise.path, json=promise.body, headers=key)

        return self._until_answered(post, give_up=give_up).json()

    def _until_answered(self, ask: Any, *, give_up: bool) -> httpx.Response:
        for _ in range(TRIES):
            try:
                answer: httpx.Response = ask()
            except httpx.HTTPError:
                if give_up and self.chance.random() < GIVE_UP:
                    raise GivenUp from None
                continue
            if answer.is_success:
                self.answered += 1
                return answer
            problem = answer.json()
            if not problem["retryable"]:
                raise RefusedForGood(problem["type"])
        raise GivenUp
