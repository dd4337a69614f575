"""Preparing and sending a handover over HTTP: names are kept, and nothing goes twice."""

import hashlib
from urllib.parse import unquote

import pytest

from app.demo import story
from app.errors import NotFound
from app.flows import draft as drafting
from tests.api.conftest import (
    CANARY,
    Door,
    Standing,
    code,
    dispatched,
    new_draft,
    notified,
    says_nothing,
)
from tests.flows.conftest import RECEIVER, WORKER, Two
from tests.flows.test_crossing import TODAY


def test_a_draft_is_made_shown_changed_and_thrown_away(two: Two, sending: Door) -> None:
    desk = sending.desk()
    asked = {
        "recipient": RECEIVER,
        "own_reference": "OX/2026-1",
        "transfer": "cp_permanent",
        "team": "front-door",
        "case_file": story.second_case_file(TODAY),
    }
    made = desk.post("/v1/drafts", asked)
    draft = made.json()["id"]
    assert made.headers["Location"] == f"/v1/drafts/{draft}"
    assert made.json() == {
        "id": draft,
        "recipient": RECEIVER,
        "own_reference": "OX/2026-1",
        "transfer": "cp_permanent",
        "team": "front-door",
        "expires_at": "2027-01-17T15:00:00Z",
        "notified": False,
        "dispatched": False,
        "handover": None,
        "attachments": [],
    }
    changed = {"case_file": story.case_file(TODAY)}
    put = desk.ask("PUT", f"/v1/drafts/{draft}/case-file", json=changed)
    assert put.json() == made.json()
    assert desk.attach(draft, 2, "b.pdf", b"").status_code == 201
    assert desk.attach(draft, 1, "a.pdf", b"first").status_code == 201
    assert desk.attach(draft, 1, "a.pdf", b"second").json() == {
        "number": 1,
        "size": 6,
        "sha256": hashlib.sha256(b"second").hexdigest(),
    }
    shown = desk.get(f"/v1/drafts/{draft}").json()
    assert [one["number"] for one in shown["attachments"]] == [1, 2]
    assert desk.ask("DELETE", f"/v1/drafts/{draft}").status_code == 204
    assert code(desk.get(f"/v1/drafts/{draft}")) == "no-such-draft"
    assert two.sender.blobs.ids() == []


BAD_DRAFTS = {
    "recipient": ("gss:E99999999", 404, "authority-unknown"),
    "own_reference": (f"{CANARY} family", 422, "own-reference"),
    "team": (CANARY, 403, "not-your-team"),
    "case_file": ({"v": 1, CANARY: CANARY}, 422, "case-file-invalid"),
}


@pytest.mark.parametrize("member", BAD_DRAFTS)
def test_a_draft_that_cannot_be(standing: Standing, member: str) -> None:
    value, status, expected = BAD_DRAFTS[member]
    asked = {
        "recipient": RECEIVER,
        "own_reference": "OX/1",
        "transfer": "cp_permanent",
        "case_file": story.second_case_file(TODAY),
    }
    refused = standing.sending.desk().post("/v1/drafts", asked | {member: value})
    assert (refused.status_code, code(refused)) == (status, expected)


def test_who_has_two_teams_says_for_which(standing: Standing) -> None:
    asked = {
        "recipient": RECEIVER,
        "own_reference": "OX/1",
        "transfer": "cp_permanent",
        "case_file": story.second_case_file(TODAY),
    }
    refused = standing.sending.desk("practitioner", "one", "two").post("/v1/drafts", asked)
    assert (refused.status_code, code(refused)) == (422, "team-missing")


def test_a_handover_is_notified_and_dispatched(two: Two, sending: Door, receiving: Door) -> None:
    desk = sending.desk()
    draft = new_draft(desk)
    words = story.notification(TODAY)
    told = desk.post(f"/v1/drafts/{draft}/notification", {"words": words})
    assert told.status_code == 201
    assert told.json() == {
        "statement": told.json()["statement"],
        "handover": draft,
        "kind": "notification",
        "at": "2026-12-18T15:00:00Z",
        "place": None,
    }
    again = desk.post(f"/v1/drafts/{draft}/notification", {"words": words})
    assert (again.status_code, code(again)) == (409, "already-notified")
    assert two.run() == ["done"]
    early = desk.post(f"/v1/drafts/{draft}/dispatch", {})
    assert (early.status_code, code(early)) == (409, "attachments-incomplete")
    for document in story.documents(TODAY):
        desk.attach(draft, document.number, document.name, document.data)
    sent = desk.post(f"/v1/drafts/{draft}/dispatch", {})
    assert (sent.status_code, sent.json()["kind"]) == (201, "dispatch")
    again = desk.post(f"/v1/drafts/{draft}/dispatch", {})
    assert (again.status_code, code(again)) == (409, "not-in-this-state")
    assert two.run() == ["done"]
    assert receiving.desk().get(f"/v1/handovers/{draft}").json()["state"] == "dispatched"


def test_papers_before_the_news_are_refused(two: Two, sending: Door) -> None:
    desk = sending.desk()
    refused = desk.post(f"/v1/drafts/{new_draft(desk)}/dispatch", {})
    assert (refused.status_code, code(refused)) == (409, "not-notified")


def test_the_same_key_gives_the_same_answer_and_no_other(two: Two, sending: Door) -> None:
    desk = sending.desk()
    draft = notified(two, desk)
    for document in story.documents(TODAY):
        desk.attach(draft, document.number, document.name, document.data)
    path, key = f"/v1/drafts/{draft}/dispatch", {"Idempotency-Key": f"{CANARY} 1"}
    first = desk.post(path, {}, **key)
    assert first.status_code == 201
    two.clock.forward(hours=1)
    again = desk.post(path, {}, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    other = desk.post(path, {"running": [{"code": "visited", "on": "2026-12-18"}]}, **key)
    assert (other.status_code, code(other)) == (409, "idempotency-key-reused")
    somebody = sending.desk("team_manager").post(path, {}, **key)
    assert (somebody.status_code, code(somebody)) == (409, "not-in-this-state")
    long = desk.post(path, {}, **{"Idempotency-Key": "k" * 201})
    assert (long.status_code, code(long)) == (422, "request-invalid")
    assert two.run() == ["done"]


def test_what_was_sent_stays_when_its_draft_is_thrown_away(
    two: Two, sending: Door, receiving: Door
) -> None:
    desk = sending.desk()
    handover = dispatched(two, desk)
    assert desk.ask("DELETE", f"/v1/drafts/{handover}").status_code == 204
    for side in (sending, receiving):
        path = f"/v1/handovers/{handover}/attachments/1"
        got = side.desk().get(path, "To check")
        assert got.content == story.documents(TODAY)[0].data
        name = got.headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''")
        assert unquote(name) == story.documents(TODAY)[0].name


def test_an_unknown_draft_is_unknown_everywhere(standing: Standing) -> None:
    with pytest.raises(NotFound):
        drafting.find(standing.two.sender, WORKER, "a" * 26)
    desk = standing.sending.desk()
    gone = "/v1/drafts/" + "a" * 26
    for method, path, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/notification", {"words": {}}),
        ("POST", "/dispatch", {}),
    ):
        refused = desk.ask(method, gone + path, json=body)
        assert (refused.status_code, code(refused)) == (404, "no-such-draft")


def test_what_a_draft_lacks_and_what_is_declared_with_it(
    two: Two, sending: Door, receiving: Door
) -> None:
    """No word of the case is in it, so that also a case management system may ask."""
    draft = notified(two, sending.desk())
    told = sending.desk("system").post(f"/v1/drafts/{draft}/readiness", {}).json()
    says_nothing(str(told))
    assert sum(told["counts"].values()) == len(told["missing"]) > 0
    assert {one["code"] for one in told["declared"]} == {one["code"] for one in told["missing"]}
    for document in story.documents(TODAY):
        sending.desk().attach(draft, document.number, document.name, document.data)
    assert sending.desk().post(f"/v1/drafts/{draft}/dispatch", {}).status_code == 201
    assert two.run() == ["done"]
    path = f"/v1/handovers/{draft}/gaps"
    found = receiving.desk().get(path, "To see what is missing").json()["gaps"]
    assert [{name: one[name] for name in told["declared"][0]} for one in found] == told["declared"]
    shown = receiving.desk().get(f"/v1/handovers/{draft}").json()["items"]
    assert {one["item"] for one in found if one["asked"]} <= {one["item"] for one in shown}
