"""Names in lists, and tokens that are none. Who may call what: test_access_table.py."""

from typing import Any

import pytest

from app.access import Role
from app.errors import Malformed, Unavailable
from app.flows import tokens
from tests.api.conftest import CANARY, Desk, Standing, code, door
from tests.api.operations import OPERATIONS, SECURED
from tests.flows.conftest import Two


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
        "exchange_bundles",
        "exchange_synchronise",
        "health_live",
        "health_ready",
    }
