"""Callers with a token of the identity provider: what they reach, and what all bad tokens get."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.flows.site import Site
from app.outside.oidc import LAST, PAUSE, IdentityProvider
from tests.api.conftest import CANARY, WORDS, Desk, Door, Standing, code, door, notified
from tests.crypto.bad_tokens import BAD
from tests.crypto.tokens import AUDIENCE, GROUP, NAME, NOW, PERSON, TENANT, rsa_key
from tests.flows.conftest import Clock, Two
from tests.outside.provider import Entra, hangs_up, providing

EAST = "9d9d9d9d-0000-4000-8000-000000000002"
CASE_SYSTEM = "5a5a5a5a-0000-4000-8000-000000000002"
TEAMS = {GROUP: "family-west", EAST: "family-east", CASE_SYSTEM: "family-east"}
OIDC = {"oidc_audience": AUDIENCE, "oidc_tenant": TENANT, "oidc_teams": TEAMS}


def with_provider(site: Site, entra: Entra, clock: Clock) -> Door:
    """The site's API, for callers of the provider too."""
    settings = site.settings.model_copy(update={"oidc_issuer": entra.name, **OIDC})
    provider = IdentityProvider(entra.name, clock=lambda: clock().timestamp())
    return door(replace(site, settings=settings, provider=provider))


@pytest.fixture
def entra() -> Iterator[Entra]:
    with providing() as entra:
        yield entra


@pytest.fixture
def sending(two: Two, entra: Entra) -> Door:
    return with_provider(two.sender, entra, two.clock)


def desk(at: Door, token: str) -> Desk:
    return Desk(at.http, {"Authorization": f"Bearer {token}"})


def listed(at: Desk) -> list[str]:
    answer = at.get("/v1/handovers")
    assert answer.status_code == 200, answer.text
    return [one["handover"] for one in answer.json()["handovers"]]


def test_somebody_of_a_team_lists_its_handovers_and_no_others(
    two: Two, entra: Entra, sending: Door
) -> None:
    west = notified(two, sending.desk("practitioner", "family-west"), "OX/1")
    east = notified(two, sending.desk("practitioner", "family-east"), "OX/2")
    of_west = desk(sending, entra.token())
    of_east = desk(sending, entra.token(groups=[EAST, "unknown"], kid="ec"))
    assert (listed(of_west), listed(of_east)) == ([west], [east])
    assert of_west.get(f"/v1/handovers/{west}").status_code == 200
    assert of_west.get(f"/v1/handovers/{east}").status_code == 404
    assert listed(desk(sending, entra.token(groups=None))) == []
    assert set(listed(desk(sending, entra.token(roles=["cp_chair"])))) == {west, east}
    case_system = entra.token(
        oid=CASE_SYSTEM, sub=CASE_SYSTEM, idtyp="app", groups=None, roles=["system"], scp=None
    )
    assert listed(desk(sending, case_system)) == [east]
    assert listed(desk(sending, entra.token(groups=None, azp=CASE_SYSTEM))) == []


def test_a_handover_is_made_and_opened_by_who_has_no_token_of_ours(
    two: Two, entra: Entra, sending: Door
) -> None:
    at = desk(sending, entra.token())
    handover = notified(two, at)
    assert listed(at) == [handover]


@pytest.fixture(scope="module")
def guarded(standing: Standing) -> Iterator[tuple[Entra, Door]]:
    with providing() as entra:
        yield entra, with_provider(standing.receiving.site, entra, standing.two.clock)


def test_the_clock_of_these_tests_is_the_issuers(standing: Standing) -> None:
    assert abs((standing.two.clock() - NOW).total_seconds()) < 1


@pytest.mark.parametrize("name", BAD)
def test_every_bad_token_gets_the_same_answer(guarded: tuple[Entra, Door], name: str) -> None:
    entra, at = guarded
    without = at.desk(None).get("/v1/handovers")
    headers = {"Authorization": b"Bearer " + BAD[name][0](entra).encode("latin-1")}
    refused = at.desk(None).ask("GET", "/v1/handovers", headers)
    assert refused.status_code == without.status_code == 401
    assert refused.content == without.content
    assert refused.headers == without.headers
    assert listed(desk(at, entra.token(roles=["cp_chair"]))), "the right one is taken"


def test_without_a_provider_no_such_token_is_one(standing: Standing, entra: Entra) -> None:
    refused = desk(standing.receiving, entra.token()).get("/v1/handovers")
    assert (refused.status_code, code(refused)) == (401, "token-not-valid")


def test_the_provider_is_not_asked_for_our_own_tokens(sending: Door, entra: Entra) -> None:
    assert sending.desk().get("/v1/handovers").status_code == 200
    assert entra.asked == []


def test_a_token_ends_with_its_hour(two: Two, entra: Entra, sending: Door) -> None:
    at = desk(sending, entra.token())
    two.clock.forward(seconds=4000 + 59)
    assert at.get("/v1/handovers").status_code == 200
    two.clock.forward(seconds=1)
    assert at.get("/v1/handovers").status_code == 401


def test_keys_are_rotated(two: Two, entra: Entra, sending: Door) -> None:
    old = desk(sending, entra.token())
    assert old.get("/v1/handovers").status_code == 200
    entra.keys = {"next": rsa_key(3)}
    two.clock.forward(seconds=PAUSE)
    assert desk(sending, entra.token("next")).get("/v1/handovers").status_code == 200
    assert old.get("/v1/handovers").status_code == 401


def test_an_outage_of_the_provider_closes_nothing_for_a_day(
    two: Two, entra: Entra, sending: Door
) -> None:
    at = desk(sending, entra.token(exp=int(NOW.timestamp()) + 10**6))
    assert at.get("/v1/handovers").status_code == 200
    entra.instead = hangs_up
    entra.keys["new"] = rsa_key(3)
    two.clock.forward(seconds=LAST - 1)
    assert at.get("/v1/handovers").status_code == 200
    refused = desk(sending, entra.token("new")).get("/v1/handovers")
    assert (refused.status_code, code(refused)) == (503, "oidc-unreachable")
    two.clock.forward(seconds=1)
    refused = at.get("/v1/handovers")
    assert (refused.status_code, code(refused)) == (503, "oidc-unreachable")
    assert refused.json()["retryable"] is True
    assert sending.desk().get("/v1/handovers").status_code == 200, "our own need nobody"


@pytest.mark.parametrize("roles", [None, [], ["administrator"], ["Practitioner"], ["owner"]])
def test_without_a_role_of_ours_nothing_is_permitted(
    entra: Entra, sending: Door, roles: Any
) -> None:
    refused = desk(sending, entra.token(roles=roles)).get("/v1/handovers")
    assert (refused.status_code, code(refused)) == (403, "not-permitted")


def test_too_many_groups_are_told_to_the_it_lead(entra: Entra, sending: Door) -> None:
    token = entra.token(groups=None, _claim_names={"groups": "src1"})
    refused = desk(sending, token).get("/v1/handovers")
    assert (refused.status_code, code(refused)) == (403, "oidc-groups-overage")
    assert "IT lead" in refused.json()["detail"]


def test_why_a_token_of_the_provider_was_refused_is_in_the_log(
    entra: Entra, sending: Door, caplog: pytest.LogCaptureFixture
) -> None:
    for token in (entra.token(aud="x"), BAD["somebody else's signature"][0](entra)):
        desk(sending, token).get("/v1/handovers")
    told = [record for record in caplog.records if record.name == "app.flows.oidc"]
    assert [record.__dict__["code"] for record in told] == ["jwt-audience"]


def test_nothing_of_a_token_is_kept_or_logged(
    two: Two, entra: Entra, sending: Door, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """conftest holds every error and log line against the names in it."""
    assert NAME == CANARY
    assert CANARY in WORDS
    good, bad = entra.token(), entra.token(aud="x")
    handover = notified(two, desk(sending, good))
    desk(sending, good).get(f"/v1/handovers/{handover}")
    desk(sending, bad).get("/v1/handovers")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    said = "".join(logging.Formatter().format(one) + repr(one.__dict__) for one in caplog.records)
    assert f"oidc:{TENANT}/{PERSON}".encode() in kept, "the draft's owner, by an opaque id"
    for part in {*good.split("."), *bad.split(".")}:
        assert part.encode() not in kept
        assert part not in said
    for word in (NAME, "preferred_username", GROUP):
        assert word.lower().encode() not in kept.lower()
