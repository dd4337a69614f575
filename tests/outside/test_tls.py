"""TLS on the way out, with a real server: what is not proved to be the other side is told nothing.

The client that speaks to other authorities and the one that asks the identity provider are the
same here: each must refuse the same servers, before a byte of HTTP is sent.
"""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from cryptography import x509

from app.errors import Unavailable
from app.outside.oidc import IdentityProvider
from app.outside.peers import HttpPeers
from tests.outside.certificates import DAY, Root, serving_tls


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root that clients trust from now on, beside no other."""
    made = Root(tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(made.file))
    return made


def card(endpoint: str) -> None:
    HttpPeers(timeout=5, deadline=10).card(endpoint)


def keys(endpoint: str) -> None:
    IdentityProvider(endpoint).key("any")


CLIENTS: list[Callable[[str], None]] = [card, keys]
REFUSED: dict[str, dict[str, Any]] = {
    "signed by itself": {"own": True},
    "another host's": {"name": x509.DNSName("other.example")},
    "its name without the address": {"name": x509.DNSName("localhost")},
    "expired yesterday": {"ends": -DAY},
}


def unreachable(client: Callable[[str], None], endpoint: str) -> None:
    with pytest.raises(Unavailable, match=r"peer-unreachable|oidc-unreachable"):
        client(endpoint)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_proves_itself_is_asked(root: Root, newest: ssl.TLSVersion) -> None:
    """So that the refusals below are of what they say."""
    with serving_tls(root.issue(), b"card", newest) as (endpoint, asked):
        card(endpoint)
        with pytest.raises(Unavailable, match="oidc-answer"):
            keys(endpoint)
    assert asked == ["/.well-known/case-handover/card", "/.well-known/openid-configuration"]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_certificate_is_refused(root: Root, what: str, client: Callable[[str], None]) -> None:
    with serving_tls(root.issue(**REFUSED[what]), b"card") as (endpoint, asked):
        unreachable(client, endpoint)
    assert asked == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_root_that_is_not_known_proves_nothing(
    tmp_path: Path, client: Callable[[str], None]
) -> None:
    with serving_tls(Root(tmp_path).issue(), b"card") as (endpoint, asked):
        unreachable(client, endpoint)
    assert asked == []


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_what_is_older_than_tls_1_2_is_refused(
    root: Root, newest: ssl.TLSVersion, client: Callable[[str], None]
) -> None:
    with serving_tls(root.issue(), b"card", newest) as (endpoint, asked):
        old = ssl.create_default_context(cafile=str(root.file))
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        assert httpx.get(endpoint, verify=old, trust_env=False).text == "card", "it does work"
        unreachable(client, endpoint)
    assert asked == ["/"]


@pytest.mark.parametrize("one", [HttpPeers(), IdentityProvider("https://login.example")])
def test_every_connection_is_checked(one: Any) -> None:
    """What is set, whatever the defaults of a library or a machine become."""
    context: ssl.SSLContext = one._tls
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    for cipher in context.get_ciphers():
        assert cipher["aead"], cipher["name"]
        assert cipher["strength_bits"] >= 128
        assert cipher["protocol"] == "TLSv1.3" or cipher["kea"] in ("kx-ecdhe", "kx-dhe")
