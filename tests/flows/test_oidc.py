"""What a caller is by the claims of a token: who, with which roles, of which teams."""

import re
from dataclasses import replace

import pytest

from app.access import ROLES, Caller
from app.crypto.jwt import AccessToken
from app.errors import NotAllowed
from app.flows.oidc import caller_of
from tests.crypto.tokens import GROUP, NAME, PERSON, TENANT, Issuer

TOKEN = AccessToken(Issuer().name, "pairwise", TENANT, PERSON, ("practitioner",), (GROUP,), False)
TEAMS = {GROUP: "family-west", PERSON: "mash", "pairwise": "nobodys", TENANT: "everybodys"}


def test_a_person_of_entra_id() -> None:
    teams = frozenset({"family-west", "mash"})
    expected = Caller(f"oidc:{TENANT}/{PERSON}", frozenset({"practitioner"}), teams)
    assert caller_of(TOKEN, TEAMS) == expected


def test_roles_are_those_of_ours_but_the_administrator() -> None:
    given = replace(TOKEN, roles=(*ROLES, "Global Administrator", "PRACTITIONER", ""))
    assert caller_of(given, {}).roles == set(ROLES) - {"administrator"}


@pytest.mark.parametrize("roles", [(), ("administrator",), ("owner",), ("practitioner ",)])
def test_without_a_role_nobody_is_let_in(roles: tuple[str, ...]) -> None:
    with pytest.raises(NotAllowed, match="not-permitted"):
        caller_of(replace(TOKEN, roles=roles), TEAMS)


def test_groups_left_out_are_not_taken_for_none() -> None:
    with pytest.raises(NotAllowed, match="oidc-groups-overage"):
        caller_of(replace(TOKEN, groups=(), groups_left_out=True), TEAMS)


def test_groups_that_are_no_teams_here_give_none() -> None:
    assert caller_of(replace(TOKEN, groups=("x", GROUP.upper()), object=None), TEAMS).teams == set()


OTHERS = [
    replace(TOKEN, tenant=None, object=None, subject=f"{NAME}@council.example"),
    replace(TOKEN, tenant=None, subject="x" * 255),
    replace(TOKEN, object="../admin", subject="Zoë | 7"),
    replace(TOKEN, tenant="common", issuer="https://sso.example"),
    replace(TOKEN, tenant=None, object=None),
]


def test_others_are_known_by_a_digest_of_issuer_and_subject() -> None:
    subjects = {caller_of(token, TEAMS).subject for token in OTHERS}
    assert len(subjects) == len(OTHERS)
    assert all(re.fullmatch(r"oidc:[0-9a-f]{64}", subject) for subject in subjects)


def test_a_subject_like_a_group_is_of_no_team() -> None:
    token = replace(TOKEN, tenant=None, object=None, groups=(), subject=GROUP)
    assert caller_of(token, TEAMS).teams == set()
