"""The HTTP door of real sites. No error and no log line may speak of a case, whatever is sent."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.access import Role
from app.api.app import create_app
from app.demo import story
from app.flows import tokens
from app.flows.site import Site
from tests.flows.conftest import (
    RECEIVER,
    SENDER,
    Clock,
    Two,
    Wire,
    make_site,
    new_database,
    pair,
    two,
)
from tests.flows.test_crossing import PERSON, TODAY

__all__ = ["new_database", "two"]

CANARY = "Kanarienvogel"
"""Stands in what tests send, and must come back in no error."""
WORDS = (
    CANARY,
    *(name["full"] for child in story.case_file(TODAY)["children"] for name in child["names"]),
    *(name["full"] for one in story.case_file(TODAY)["people"] for name in one["names"]),
)
PROBLEM = {"type", "title", "status", "detail", "retryable"}


def says_nothing(text: str) -> None:
    """No word of a case, and nothing of what was sent."""
    assert not [word for word in WORDS if word.lower() in text.lower()]


def check(response: Response) -> None:
    """Every error is a problem document that says nothing."""
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    if response.status_code < 400:
        return
    response.read()
    says_nothing(f"{response.headers!r} {response.text}")
    assert response.status_code != 500
    if response.request.method != "HEAD" and not response.url.path.startswith("/health/"):
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = response.json()
        assert set(problem) - {"pointer", "ids", "refusal"} == PROBLEM
        assert problem["status"] == response.status_code
        assert problem["type"].startswith("urn:case-handover:")


@dataclass
class Desk:
    """Somebody at the API of one authority; without a role, nobody."""

    http: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, /, headers: Any = (), **options: Any) -> Response:
        return self.http.request(method, path, headers={**self.headers, **dict(headers)}, **options)

    def get(self, path: str, purpose: str | None = None, **options: Any) -> Response:
        headers = {} if purpose is None else {"Access-Purpose": quote(purpose)}
        return self.ask("GET", path, headers, **options)

    def post(self, path: str, value: Any, **headers: str) -> Response:
        return self.ask("POST", path, headers, json=value)

    def attach(self, draft: str, number: int, name: str, data: bytes, **headers: str) -> Response:
        about = {
            "Content-Type": "application/pdf",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            **headers,
        }
        path = f"/v1/drafts/{draft}/attachments/{number}"
        return self.ask("PUT", path, about, content=data)


def code(response: Response) -> str:
    """The code of a problem."""
    kind: str = response.json()["type"]
    return kind.removeprefix("urn:case-handover:")


@dataclass
class Door:
    """The API of one authority."""

    site: Site
    http: TestClient
    _secrets: dict[tuple[str, ...], str] = field(default_factory=dict)

    def desk(self, role: Role | None = "practitioner", *teams: str) -> Desk:
        """Somebody with this role in these teams, or the front door; with None, nobody."""
        if role is None:
            return Desk(self.http)
        if (role, *teams) not in self._secrets:
            of = [*teams] or ["front-door"]
            _, secret = tokens.create(self.site, f"user-{role}", [role], of, 300)
            self._secrets[role, *teams] = secret
        return Desk(self.http, {"Authorization": f"Bearer {self._secrets[role, *teams]}"})


def door(site: Site) -> Door:
    http = TestClient(create_app(site), follow_redirects=False)
    http.event_hooks = {"response": [check]}
    return Door(site, http)


@pytest.fixture
def sending(two: Two) -> Door:
    return door(two.sender)


@pytest.fixture
def receiving(two: Two) -> Door:
    return door(two.receiver)


def new_draft(desk: Desk, reference: str = "OX/1") -> str:
    """A draft of the story's first case."""
    asked = {
        "recipient": RECEIVER,
        "own_reference": reference,
        "transfer": "cp_permanent",
        "case_file": story.case_file(TODAY),
    }
    made = desk.post("/v1/drafts", asked)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def notified(two: Two, desk: Desk, reference: str = "OX/1") -> str:
    """A handover that both sides know of."""
    draft = new_draft(desk, reference)
    told = desk.post(f"/v1/drafts/{draft}/notification", {"words": story.notification(TODAY)})
    assert told.status_code == 201, told.text
    assert set(two.run()) == {"done"}
    return draft


def dispatched(two: Two, desk: Desk) -> str:
    """A handover whose papers have come."""
    draft = notified(two, desk)
    for document in story.documents(TODAY):
        put = desk.attach(draft, document.number, document.name, document.data)
        assert put.status_code == 201, put.text
    sent = desk.post(f"/v1/drafts/{draft}/dispatch", {})
    assert sent.status_code == 201, sent.text
    assert two.run() == ["done"]
    return draft


@dataclass
class Standing:
    """A handover that has been acknowledged, and a draft that was not sent; for tests that only
    ask, or are refused."""

    two: Two
    sending: Door
    receiving: Door
    handover: str
    draft: str
    papers: str
    """The dispatch's digest."""

    def path(self, template: str) -> str:
        return template.format(
            draft=self.draft,
            handover=self.handover,
            kind="dispatch",
            number=1,
            pattern="missed",
            upload="a" * 26,
            statement=self.papers,
            grant="a" * 26,
        )


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with stood(tmp_path_factory.mktemp("standing")) as one:
        yield one


@contextmanager
def stood(home: Path) -> Iterator[Standing]:
    """Two authorities of their own in `home`, with all that a `Standing` has."""
    clock, wire = Clock(), Wire()
    with ExitStack() as stack:
        sites = []
        for number, authority in enumerate((SENDER, RECEIVER), 1):
            folder = home / str(number)
            folder.mkdir()
            site = make_site(folder, authority, clock, wire, f"http://127.0.0.1:{number}")
            stack.callback(site.database.close)
            sites.append(site)
        pair(sites[0], sites[1])
        pair(sites[1], sites[0])
        both = Two(sites[0], sites[1], clock, wire)
        doors = door(sites[0]), door(sites[1])
        handover = dispatched(both, doors[0].desk())
        path = f"/v1/handovers/{handover}/acknowledgement"
        said = doors[1].desk().post(path, {"words": {"person": PERSON}})
        assert said.status_code == 201, said.text
        assert both.run() == ["done"]
        ledger = doors[1].desk().get(f"/v1/handovers/{handover}/ledger").json()
        papers = ledger["entries"][1]["digest"]
        yield Standing(both, *doors, handover, new_draft(doors[0].desk(), "OX/2"), papers)


@pytest.fixture(autouse=True)
def logs_say_nothing(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.get_records("call"):
        if not record.name.startswith("httpx2"):  # the test's own client logs its URLs
            says_nothing(logging.Formatter().format(record) + repr(record.__dict__))
