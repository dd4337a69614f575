"""Access tokens: taken when signed by the issuer, for us, now; and every defect by itself."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from app.crypto import jwt
from app.crypto.jwt import LEEWAY, AccessToken, Expected
from app.errors import CaseHandoverError
from tests.crypto.bad_tokens import BAD
from tests.crypto.tokens import (
    AUDIENCE,
    GROUP,
    NAME,
    NOW,
    PERSON,
    TENANT,
    Issuer,
    Json,
    public_jwk,
    rsa_key,
)

ISSUER = Issuer()
AT = int(NOW.timestamp())
GOOD = ISSUER.token()


def public(kid: str) -> RSAKey | ECKey:
    jwk = public_jwk(ISSUER.keys[kid])
    return ECKey.import_key(jwk) if jwk["kty"] == "EC" else RSAKey.import_key(jwk)


def through(text: str, expected: Expected = ISSUER.expected) -> AccessToken:
    """All three steps. Raises KeyError for an unknown key."""
    unproved = jwt.read(text)
    return jwt.accept(jwt.verify(unproved, public(unproved.kid)), expected, NOW)


def test_what_a_token_says() -> None:
    assert through(ISSUER.token()) == AccessToken(
        issuer=ISSUER.name,
        subject="HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        tenant=TENANT,
        object=PERSON,
        roles=("practitioner",),
        groups=(GROUP,),
        groups_left_out=False,
    )


@pytest.mark.parametrize(
    ("kid", "header"),
    [
        ("rsa", {}),
        ("rsa", {"alg": "PS256"}),
        ("ec", {}),
        ("other", {}),
        ("rsa", {"typ": "at+jwt"}),
        ("rsa", {"typ": "application/at+jwt"}),
        ("rsa", {"x5t": "nOo3ZDrODXEK1jKWhXslHR_KXEg"}),
    ],
)
def test_keys_and_headers_that_are_taken(kid: str, header: Json) -> None:
    assert through(ISSUER.token(kid, header)).object == PERSON


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": AT - LEEWAY + 1},
        {"nbf": AT + LEEWAY},
        {"iat": AT + LEEWAY},
        {"nbf": None},
        {"aud": [AUDIENCE]},
        {"aud": ["api://another", AUDIENCE]},
        {"claim_of_tomorrow": {"deep": [None]}},
    ],
)
def test_claims_that_are_taken(changes: Json) -> None:
    assert through(ISSUER.token(**changes)).object == PERSON


def test_of_any_tenant_where_none_is_expected() -> None:
    expected = Expected(ISSUER.name, AUDIENCE)
    assert through(ISSUER.token(tid=None, oid=None), expected).tenant is None


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"groups": None}, False),
        ({"groups": None, "_claim_names": {"groups": "src1"}}, True),
        ({"groups": None, "_claim_names": {"roles": "src1"}}, False),
        ({"groups": None, "hasgroups": True}, True),
        ({"groups": None, "hasgroups": "true"}, True),
        ({"hasgroups": False}, False),
    ],
)
def test_groups_that_are_elsewhere_are_noticed(changes: Json, left_out: bool) -> None:
    assert through(ISSUER.token(**changes)).groups_left_out is left_out


@pytest.mark.parametrize("name", BAD)
def test_a_defect_is_found_and_named(name: str) -> None:
    make, code = BAD[name]
    with pytest.raises((CaseHandoverError, KeyError)) as caught:
        through(make(ISSUER))
    error = caught.value
    assert (error.code if isinstance(error, CaseHandoverError) else "unknown") == code
    assert error.__cause__ is None
    assert NAME not in str(error)


def test_a_key_counts_for_what_it_was_made_for_only() -> None:
    for member in ({"alg": "PS256"}, {"use": "enc"}, {"key_ops": ["encrypt"], "use": None}):
        jwk: dict[str, Any] = public_jwk(rsa_key(1)) | member
        key = RSAKey.import_key({name: value for name, value in jwk.items() if value})
        with pytest.raises(CaseHandoverError, match="jwt-signature"):
            jwt.verify(jwt.read(ISSUER.token()), key)


def test_nothing_shows_what_a_token_holds() -> None:
    unproved = jwt.read(ISSUER.token())
    signed = jwt.verify(unproved, public("rsa"))
    shown = repr((unproved, signed, jwt.accept(signed, ISSUER.expected, NOW)))
    assert NAME not in shown
    assert PERSON not in shown
    assert unproved.text not in shown


@given(st.integers(0, 10**6), st.characters(codec="ascii"))
@settings(max_examples=300, deadline=None)
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    """In any other spelling a token is none."""
    text = GOOD
    at = place % len(text)
    changed = text[:at] + letter + text[at + 1 :]
    if changed != text:
        with pytest.raises((CaseHandoverError, KeyError)):
            through(changed)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
@settings(max_examples=300)
def test_what_is_no_token_at_all(text: str) -> None:
    with pytest.raises(CaseHandoverError):
        jwt.read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
CLAIMS = sorted([*ISSUER.claims(), "_claim_names", "hasgroups", "nonce"])


@given(st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=3))
@settings(max_examples=100, deadline=None)
def test_claims_of_any_type_are_taken_or_refused(changes: Json) -> None:
    """And nothing else comes of them."""
    try:
        token = through(ISSUER.token(**changes))
    except CaseHandoverError:
        return
    assert all(isinstance(text, str) for text in (*token.roles, *token.groups, token.subject))
