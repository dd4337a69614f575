"""Preparing and sending a handover over HTTP: names are kept, and nothing goes twice."""

import hashlib
from urllib.parse import quote, unquote

import pytest

from app.demo import story
from app.errors import NotFound
from app.flows import draft as drafting
from app.store import drafts
from tests.api.asgi import call
from tests.api.conftest import (
    CANARY,
    Door,
    Standing,
    code,
    dispatched,
    new_draft,
    notified,
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


# --- documents -----------------------------------------------------------------------------------

NAMES = [
    "Minutes 3 March.pdf",
    "Scan — przykład.pdf",
    "会議録 2026年.pdf",
    "محضر الاجتماع.pdf",
    "протокол.pdf",
    "e\u0301 decomposed.pdf",
    "\u00e9 composed.pdf",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467.pdf",
    "a;b, c=d 'e' (f) %41 100%.pdf",
    ".hidden",
    " leading and trailing ",
    "x" * 255,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_keeps_its_name_exactly(standing: Standing, name: str) -> None:
    site = standing.two.sender
    assert standing.sending.desk().attach(standing.draft, 9, name, b"x").status_code == 201
    with site.database.read() as uow:
        row = drafts.attachments(uow.connection, standing.draft)[-1]
    assert drafting.name_of(site, row) == name


BAD_NAMES = [
    "../../x",
    "/etc/passwd",
    "..",
    "a\\b.pdf",
    "a/b.pdf",
    "fdp.\u202eexe",
    "\u2066x\u2069.pdf",
    "a\nb.pdf",
    "a\0b.pdf",
    "a\u2028b.pdf",
    "x" * 256,
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_a_place_or_a_trick_is_refused(standing: Standing, name: str) -> None:
    refused = standing.sending.desk().attach(standing.draft, 8, name, CANARY.encode())
    assert (refused.status_code, code(refused)) == (422, "bundle-manifest-malformed")


BAD_DISPOSITIONS = [
    "",
    "attachment",
    CANARY,
    "attachment; filename=",
    'attachment; filename=""',
    f"attachment; filename={CANARY}.pdf",
    'attachment; filename="caf\xe9.pdf"',
    'attachment; filename="a\\"b.pdf"',
    "attachment; filename*=UTF-8''%ff%fe.pdf",
    "attachment; filename*=UTF-8''%ed%a0%80.pdf",
    "attachment; filename*=UTF-8''caf\xe9.pdf",
    f"attachment; filename*=ISO-8859-1''{CANARY}.pdf",
    f"attachment; filename*=idna''{CANARY}.pdf",
    f"attachment; filename*=no-such-charset''{CANARY}.pdf",
    f"attachment; filename*0*=UTF-8''{CANARY}; filename*1=.pdf",
    f"attachment; filename*={CANARY}.pdf",
]


@pytest.mark.parametrize("header", BAD_DISPOSITIONS)
def test_a_document_without_a_readable_name_is_refused(standing: Standing, header: str) -> None:
    app = standing.sending.http.app
    headers = standing.sending.desk().headers | {"Content-Disposition": header}
    path = f"/v1/drafts/{standing.draft}/attachments/8"
    done = call(app, "PUT", path, headers, [CANARY.encode()])
    assert done.status == 422
    assert b'"urn:case-handover:attachment-name"' in done.body
    assert CANARY.encode() not in done.body
    assert done.pieces_read == 0


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=\"fallback.pdf\"; filename*=UTF-8''pl%C3%A1n.pdf", "plán.pdf"),
        ("attachment; FILENAME*=utf-8'en'pl%C3%A1n.pdf", "plán.pdf"),
    ],
)
def test_names_as_http_spells_them(standing: Standing, header: str, name: str) -> None:
    site = standing.two.sender
    desk = standing.sending.desk()
    put = desk.attach(standing.draft, 9, "x", b"x", **{"Content-Disposition": header})
    assert put.status_code == 201
    with site.database.read() as uow:
        row = drafts.attachments(uow.connection, standing.draft)[-1]
    assert drafting.name_of(site, row) == name


BAD_ABOUT = {
    "Content-Type": ["", CANARY, "text", f"text/{CANARY}/x", "text/pl\xe1in", "a/" + "b" * 128],
    "Handling-Labels": ["", CANARY, "open,open", "open,not_to", "not_to;open", "not_to," * 9],
}


@pytest.mark.parametrize("header", BAD_ABOUT)
def test_a_document_without_a_good_type_or_label_is_refused(
    standing: Standing, header: str
) -> None:
    for value in BAD_ABOUT[header]:
        sent = {header: value.encode("latin-1")}
        refused = standing.sending.desk().attach(standing.draft, 8, "a.pdf", b"x", **sent)  # type: ignore[arg-type]
        assert refused.status_code == 422, value


@pytest.mark.parametrize("number", ["0", "-1", "2000", "9" * 40, "1.5", "x", "٣"])
def test_a_number_that_is_none(standing: Standing, number: str) -> None:
    path = f"/v1/drafts/{standing.draft}/attachments/{quote(number)}"
    headers = {"Content-Disposition": 'attachment; filename="a"'}
    assert standing.sending.desk().ask("PUT", path, headers).status_code == 422


def test_a_document_that_is_cut_leaves_nothing_behind(two: Two, sending: Door) -> None:
    desk = sending.desk()
    draft = new_draft(desk)
    before = two.sender.blobs.ids()
    headers = desk.headers | {"Content-Disposition": 'attachment; filename="a.bin"',
                              "Content-Type": "application/octet-stream"}  # fmt: skip
    path = f"/v1/drafts/{draft}/attachments/1"
    done = call(sending.http.app, "PUT", path, headers, [b"x" * 2**20] * 9, cut=True)
    assert done.status is None
    assert two.sender.blobs.ids() == before
    assert desk.get(f"/v1/drafts/{draft}").json()["attachments"] == []


# --- sending -------------------------------------------------------------------------------------


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
