"""Who may call what: every endpoint by every role, and tokens that are none."""

from typing import Any

import pytest

from app.access import ACTS, ROLES, WHOLE_AUTHORITY, Act, Role
from app.demo import story
from app.errors import Malformed, Unavailable
from app.flows import tokens
from tests.api.conftest import CANARY, Desk, Standing, code, door
from tests.api.operations import OPERATIONS, SECURED
from tests.flows.conftest import Two
from tests.flows.test_crossing import TODAY

NEEDS: dict[str, Act] = {
    "drafts_create": "send",
    "drafts_show": "send",
    "drafts_replace_case_file": "send",
    "drafts_discard": "send",
    "drafts_attach": "send",
    "drafts_notify": "send",
    "drafts_dispatch": "send",
    "handovers_list_handovers": "see",
    "handovers_show": "see",
    "handovers_ledger": "see",
    "handovers_duties": "see",
    "handovers_case_file": "open",
    "handovers_items": "open",
    "handovers_words": "open",
    "handovers_attachment": "open",
    "handovers_acknowledge": "respond",
    "handovers_arrange": "respond",
    "handovers_accept": "respond",
    "handovers_decline": "respond",
    "handovers_recall": "send",
    "handovers_state_fact": "respond",
    "handovers_close": "send",
    "handovers_retry": "respond",
    "handovers_overdue": "oversee",
    "handovers_due_soon": "oversee",
    "audit_entries": "audit",
}
NO_RECORD = {
    "drafts_create", "handovers_list_handovers", "handovers_overdue", "handovers_due_soon",
    "audit_entries",
}  # fmt: skip
"""What asks of no one record, so that nothing need be hidden."""
NOT_OUR_SIDE = {"handovers_recall", "handovers_close"}
"""The receiver may not say these, whoever speaks."""
NOTHING_WAITS = {"handovers_retry"}
"""Whoever may do it is told that there is nothing to do."""


def test_every_endpoint_is_in_the_table() -> None:
    assert set(NEEDS) == set(SECURED)


FILE = {
    "Access-Purpose": "Test",
    "Content-Disposition": 'attachment; filename="a.txt"',
    "Content-Type": "text/plain",
}
NOWHERE = {"recipient": "gss:X", "own_reference": "X", "transfer": "cp_permanent", "case_file": {}}
BODIES: dict[str, Any] = {
    "drafts_create": NOWHERE,
    "drafts_replace_case_file": {"case_file": story.case_file(TODAY)},
    "drafts_notify": {"words": {}},
}


def ask(standing: Standing, desk: Desk, operation: str) -> int:
    """The status of a call that changes nothing of note where it is allowed."""
    one = OPERATIONS[operation]
    body = {"json": BODIES.get(operation, {})} if one.takes else {}
    return desk.ask(one.method, standing.path(one.path), FILE, **body).status_code


@pytest.mark.parametrize(
    ("operation", "role"),
    [
        (operation, role)
        for operation in SECURED
        for role in ROLES
        if operation != "drafts_discard" or NEEDS[operation] not in ACTS[role]
    ],
)
def test_a_role_may_do_what_its_acts_say(standing: Standing, operation: str, role: Role) -> None:
    side = standing.sending if operation.startswith("drafts") else standing.receiving
    status = ask(standing, side.desk(role), operation)
    if NEEDS[operation] in ACTS[role] and operation in NOTHING_WAITS:
        assert status == 404
    elif NEEDS[operation] in ACTS[role]:
        assert status in (200, 201, 409, 422) or (status == 403 and operation in NOT_OUR_SIDE)
    elif "see" in ACTS[role] or operation in NO_RECORD:
        assert status == 403
    else:
        assert status == 404


@pytest.mark.parametrize("operation", [name for name in SECURED if name not in NO_RECORD])
def test_another_teams_records_are_not_there(standing: Standing, operation: str) -> None:
    side = standing.sending if operation.startswith("drafts") else standing.receiving
    for role in set(ROLES) - WHOLE_AUTHORITY:
        assert ask(standing, side.desk(role, "other-team"), operation) == 404


def test_another_team_has_an_empty_list(standing: Standing) -> None:
    desk = standing.receiving.desk("practitioner", "other-team")
    assert desk.get("/v1/handovers").json() == {"handovers": [], "cursor": None}
    assert desk.get("/v1/overdue").json() == {"clocks": []}
    assert desk.get("/v1/due-soon").json() == {"clocks": []}
    whole = standing.receiving.desk("head_of_service", "other-team")
    assert len(whole.get("/v1/handovers").json()["handovers"]) == 1


def test_a_name_is_shown_only_to_who_may_open(standing: Standing) -> None:
    path = f"/v1/handovers/{standing.handover}"
    labels: dict[Role, str | None] = {}
    for role in ("practitioner", "performance", "information_governance"):
        shown = standing.receiving.desk(role).get(path).json()
        listed = standing.receiving.desk(role).get("/v1/handovers").json()["handovers"][0]
        assert shown["label"] == listed["label"]
        labels[role] = shown["label"]
    assert labels["practitioner"]
    assert labels["performance"] is labels["information_governance"] is None


@pytest.mark.parametrize("operation", SECURED)
def test_without_a_token_nothing_is_done(standing: Standing, operation: str) -> None:
    one = OPERATIONS[operation]
    refused = standing.sending.desk(None).ask(one.method, standing.path(one.path))
    assert (refused.status_code, code(refused)) == (401, "token-not-valid")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {CANARY}",
        f"Basic {CANARY}",
        f"Bearer cht_{CANARY * 100}",
        "Bearer caf\xe9",
        CANARY,
    ],
)
def test_what_is_no_token(standing: Standing, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    refused = standing.sending.desk(None).ask("GET", "/v1/handovers", headers)
    assert (refused.status_code, code(refused)) == (401, "token-not-valid")


def test_a_token_of_the_other_authority_is_none_here(standing: Standing) -> None:
    there = standing.receiving.desk()
    here = Desk(standing.sending.http, there.headers)
    assert here.get("/v1/handovers").status_code == 401


def test_a_token_ends(two: Two) -> None:
    at = door(two.sender)
    _, secret = tokens.create(two.sender, "user-1", ["practitioner"], ["front-door"], 1)
    desk = Desk(at.http, {"Authorization": f"bearer {secret}"})
    two.clock.forward(hours=23, minutes=59, seconds=59)
    assert desk.get("/v1/handovers").status_code == 200
    two.clock.forward(seconds=1)
    assert desk.get("/v1/handovers").status_code == 401


def test_a_token_is_revoked(two: Two) -> None:
    at = door(two.sender)
    row, secret = tokens.create(two.sender, "user-1", ["practitioner"], ["front-door"], 1)
    desk = Desk(at.http, {"Authorization": f"Bearer {secret}"})
    assert desk.get("/v1/handovers").status_code == 200
    tokens.revoke(two.sender, row.id)
    assert desk.get("/v1/handovers").status_code == 401


def test_a_token_of_ours_bears_no_name_of_the_providers(two: Two) -> None:
    for subject in ("oidc:somebody", "cli:somebody", "x" * 129):
        with pytest.raises(Malformed, match="token-subject"):
            tokens.create(two.sender, subject, ["practitioner"], [], 1)


def test_the_use_of_a_token_is_noted_once_an_hour(two: Two) -> None:
    at = door(two.sender)
    row, secret = tokens.create(two.sender, "user-1", ["practitioner"], ["front-door"], 9)

    def noted() -> Any:
        (one,) = [one for one in tokens.every(two.sender) if one.id == row.id]
        return one.last_used_at

    assert noted() is None
    first = two.clock()
    for minutes, expected in ((0, 0), (59, 0), (1, 60), (59, 60)):
        two.clock.forward(minutes=minutes)
        assert (
            Desk(at.http, {"Authorization": f"Bearer {secret}"}).get("/v1/handovers").status_code
            == 200
        )
        assert (noted() - first).total_seconds() == expected * 60
    tokens.revoke(two.sender, row.id)
    two.clock.forward(hours=2)
    assert (
        Desk(at.http, {"Authorization": f"Bearer {secret}"}).get("/v1/handovers").status_code == 401
    )
    assert (noted() - first).total_seconds() == 3600, "an attempt is no use"


def test_a_use_that_cannot_be_noted_stops_nobody(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    at = door(two.sender)
    _, secret = tokens.create(two.sender, "user-1", ["practitioner"], ["front-door"], 9)

    def full(*_: object) -> None:
        raise Unavailable("storage-full", "The disk is full")

    monkeypatch.setattr("app.store.tokens.used", full)
    assert (
        Desk(at.http, {"Authorization": f"Bearer {secret}"}).get("/v1/handovers").status_code == 200
    )


def test_the_open_endpoints_are_few() -> None:
    assert set(OPERATIONS) - set(SECURED) == {
        "exchange_who_we_are",
        "exchange_card",
        "exchange_statements",
        "exchange_offset",
        "exchange_append",
        "exchange_synchronise",
        "health_live",
        "health_ready",
    }
