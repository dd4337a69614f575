"""The provider's keys over real HTTP: kept, fetched anew, and what it may not do to us."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.errors import Unavailable
from app.outside.oidc import FRESH, LAST, PAUSE, IdentityProvider, Key
from app.outside.replies import MAX_ANSWER
from tests.crypto.tokens import Json, public_jwk, rsa_key
from tests.outside.provider import ABOUT, KEYS, Entra, hangs_up, providing
from tests.outside.servers import Asked, nobody


@dataclass
class Seconds:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def entra() -> Iterator[Entra]:
    with providing() as entra:
        yield entra


@pytest.fixture
def provider(entra: Entra, clock: Seconds) -> IdentityProvider:
    return IdentityProvider(entra.name, deadline=5.0, clock=clock)


def is_of(key: Key | None, jwk: Json) -> bool:
    return key is not None and key.as_dict()["n"] == jwk["n"]


def refused(provider: IdentityProvider, kid: str = "rsa") -> str:
    with pytest.raises(Unavailable) as caught:
        provider.key(kid)
    assert caught.value.retryable
    return caught.value.code


def test_keys_are_fetched_once(entra: Entra, provider: IdentityProvider) -> None:
    for _ in range(3):
        assert is_of(provider.key("rsa"), public_jwk(entra.keys["rsa"]))
        assert provider.key("ec") is not None
    assert entra.asked == [ABOUT, KEYS]


def test_keys_are_looked_at_again_after_an_hour(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    assert provider.key("rsa")
    clock.now += FRESH - 1
    assert provider.key("rsa")
    assert entra.times_asked == 1
    del entra.keys["rsa"]
    clock.now += 1
    assert provider.key("rsa") is None, "a key that was taken back counts no longer"
    assert entra.times_asked == 2


def test_a_new_key_is_found_at_once(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    assert provider.key("rsa")
    entra.keys["new"] = rsa_key(3)
    clock.now += PAUSE
    assert is_of(provider.key("new"), public_jwk(rsa_key(3)))
    assert entra.times_asked == 2


def test_unknown_keys_have_us_ask_once_a_minute(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    for _ in range(3):
        assert all(provider.key(f"unknown-{number}") is None for number in range(5))
        clock.now += PAUSE
    assert entra.times_asked == 3


def test_known_keys_count_for_a_day_while_it_is_down(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    assert provider.key("rsa")
    entra.instead = hangs_up
    clock.now += LAST - 1
    assert is_of(provider.key("rsa"), public_jwk(entra.keys["rsa"]))
    assert refused(provider, "new") == "oidc-unreachable"
    clock.now += 1
    assert refused(provider) == "oidc-unreachable"
    assert refused(provider, "new") == "oidc-unreachable"
    entra.instead = None
    assert refused(provider) == "oidc-unreachable", "it is asked once a minute"
    clock.now += PAUSE
    assert provider.key("rsa")


def test_it_was_never_there(clock: Seconds) -> None:
    provider = IdentityProvider(nobody() + "/v2.0", clock=clock)
    assert refused(provider) == "oidc-unreachable"


def test_what_goes_wrong_is_logged_by_its_code(
    entra: Entra, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    entra.instead = hangs_up
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            refused(provider)
    (record,) = caplog.records
    assert record.__dict__["code"] == "oidc-unreachable"


def moved(asked: Asked) -> None:
    asked.answer(302, Location="http://127.0.0.1:1/")


def endless(asked: Asked) -> None:
    head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a":"\r\n'
    asked.drip(head, b"1\r\nx\r\n")


def large(asked: Asked) -> None:
    asked.answer(200, b" " * MAX_ANSWER + b"{}")


def zipped(asked: Asked) -> None:
    asked.answer(200, b"\x1f\x8b", Content_Encoding="gzip")


def says(status: int, body: bytes) -> Callable[[Asked], None]:
    return lambda asked: asked.answer(status, body)


BROKEN: dict[str, tuple[Callable[[Asked], None], str]] = {
    "it redirects": (moved, "oidc-answer"),
    "it hangs up": (hangs_up, "oidc-unreachable"),
    "it says nothing": (Asked.stall, "oidc-unreachable"),
    "it never ends": (endless, "oidc-unreachable"),
    "it says too much": (large, "oidc-answer"),
    "it packs what it says": (zipped, "oidc-answer"),
    "it has an error": (says(500, b"{}"), "oidc-answer"),
    "it has nothing": (says(204, b""), "oidc-answer"),
    "it says no JSON": (says(200, b"<html>"), "oidc-answer"),
    "it says a list": (says(200, b"[]"), "oidc-answer"),
    "it has no keys": (says(200, b'{"keys": []}'), "oidc-answer"),
    "its keys are no list": (says(200, b'{"keys": {"kid": "rsa"}}'), "oidc-answer"),
    "its keys are nested without end": (says(200, b"[" * 100_000), "oidc-answer"),
}


@pytest.mark.parametrize("path", [ABOUT, KEYS])
@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_is_none(entra: Entra, clock: Seconds, name: str, path: str) -> None:
    provider = IdentityProvider(entra.name, deadline=0.5, clock=clock)
    broken, code = BROKEN[name]

    def instead(asked: Asked) -> None:
        if asked.path == path:
            broken(asked)
        else:
            assert asked.path == ABOUT
            entra.instead = None
            entra.answer(asked)
            entra.instead = instead

    entra.instead = instead
    assert refused(provider) == code
    entra.instead = None
    clock.now += PAUSE
    assert provider.key("rsa"), "it is asked again when it is well"


def test_a_broken_answer_takes_no_key_away(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    assert provider.key("rsa")
    entra.instead = says(200, b'{"keys": []}')
    clock.now += FRESH
    assert provider.key("rsa")
    assert entra.times_asked == 2


@pytest.mark.parametrize("issuer", ["https://evil.example", None, "/", 7])
def test_a_document_of_another_issuer(
    entra: Entra, provider: IdentityProvider, issuer: object
) -> None:
    entra.about = {"issuer": entra.name + issuer if issuer == "/" else issuer}
    assert refused(provider) == "oidc-answer"
    assert KEYS not in entra.asked


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "/keys",
        "http://192.0.2.1/keys",
        "http://login.example/keys",
        "ftp://127.0.0.1/keys",
        "file:///etc/passwd",
        "https://user:word@login.example/keys",
        "http://127.0.0.1.evil.example/keys",
        "http://[",
    ],
)
def test_keys_at_an_address_that_may_not_be(
    entra: Entra, provider: IdentityProvider, url: object
) -> None:
    entra.about = {"jwks_uri": url}
    assert refused(provider) == "oidc-answer"
    assert entra.asked == [ABOUT]


def test_over_tls_keys_are_nowhere_without_it() -> None:
    provider = IdentityProvider("https://login.example/v2.0")
    with pytest.raises(Unavailable, match="oidc-answer"):
        provider._place("http://127.0.0.1:1/keys")
    assert provider._place("https://keys.example/k?appid=1") == "https://keys.example/k?appid=1"


ODD: list[Any] = [
    None,
    "key",
    {},
    {"kty": "RSA"},
    {"kty": "oct", "k": "AAAA"},
    {"kty": "RSA", "n": 7, "e": "AQAB"},
    {"kty": "RSA", "n": "!" * 342, "e": "AQAB"},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"},
    {"kty": ["RSA"]},
    public_jwk(rsa_key(1), use="enc"),
    public_jwk(rsa_key(1, 1024)),
]


def test_keys_that_are_none_are_left_out(
    entra: Entra, provider: IdentityProvider, clock: Seconds
) -> None:
    odd = [
        {**jwk, "kid": f"odd-{n}"} if isinstance(jwk, dict) else jwk for n, jwk in enumerate(ODD)
    ]
    nameless = [public_jwk(rsa_key(4)), public_jwk(rsa_key(4)) | {"kid": 7}]
    jwks = {"keys": [*odd, *nameless, *entra.jwks()["keys"]]}

    def instead(asked: Asked) -> None:
        about = {"issuer": entra.name, "jwks_uri": entra.endpoint + KEYS}
        asked.answer(200, json.dumps(about if asked.path == ABOUT else jwks).encode())

    entra.instead = instead
    assert provider.key("rsa")
    assert [provider.key(f"odd-{number}") for number in range(len(ODD))] == [None] * len(ODD)


def test_a_private_key_that_slipped_out_is_kept_as_a_public_one(
    entra: Entra, provider: IdentityProvider
) -> None:
    public = public_jwk(rsa_key(1), kid="rsa")

    def instead(asked: Asked) -> None:
        about = {"issuer": entra.name, "jwks_uri": entra.endpoint + KEYS}
        shown = about if asked.path == ABOUT else {"keys": [{**public, "d": "AQAB"}]}
        asked.answer(200, json.dumps(shown).encode())

    entra.instead = instead
    key = provider.key("rsa")
    assert key is not None
    assert not key.is_private


def test_many_who_come_at_once_have_it_asked_once(entra: Entra, provider: IdentityProvider) -> None:
    found: list[Key | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(provider.key("rsa"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert all(found)
    assert entra.times_asked == 1


def test_nobody_with_a_known_key_waits_for_who_asks(entra: Entra, clock: Seconds) -> None:
    provider = IdentityProvider(entra.name, deadline=60.0, clock=clock)
    assert provider.key("rsa")
    waiting, go_on, gave_up = threading.Event(), threading.Event(), threading.Event()

    def instead(asked: Asked) -> None:
        waiting.set()
        if not go_on.wait(10):
            gave_up.set()
        hangs_up(asked)

    entra.instead = instead
    clock.now += FRESH
    first = threading.Thread(target=provider.key, args=("rsa",))
    first.start()
    try:
        assert waiting.wait(10)
        assert provider.key("rsa")
        assert not gave_up.is_set(), "the first waited all the while"
    finally:
        go_on.set()
        first.join()
