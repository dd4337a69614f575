"""Directories, cards and keyrings, rightly signed: one spelling, and no surprise in their use."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from app.crypto import jws, strictjson
from app.errors import NotVerified
from app.trust import card, forms, keyfile
from app.trust.authority import Authority
from app.trust.card import ConfirmedCard, add_to_directory, fingerprint, open_card
from app.trust.directory import TYP as DIRECTORY
from app.trust.directory import reopen_directory, verify_directory
from tests.fuzz.structure import mutate
from tests.trust import making
from tests.vectors import parties
from tests.vectors.parties import GOOD, NOW, ROOT, ROOTS

__all__ = ["mutate", "one", "seeds"]
LIMIT = 256 * 1024
KNOWN = parties.directory()
TIMES = (NOW, NOW + timedelta(days=1000))


def seeds() -> Iterator[bytes]:
    for few in (KNOWN.authorities[2:], KNOWN.authorities[1:2], ()):
        yield _seed("directory", forms.value(KNOWN.model_copy(update={"authorities": few})))
    for one_ in KNOWN.authorities:
        yield _seed("card", forms.value(one_))
    yield _seed("keyring", forms.value(making.keyring()))


def _seed(kind: str, value: strictjson.JsonValue) -> bytes:
    return json.dumps({"kind": kind, "value": value}).encode()


def one(data: bytes) -> None:
    given = strictjson.parse(data, limit=LIMIT)
    match given:
        case {"kind": "card", "value": dict(value)}:
            _card(value)
        case {"kind": "keyring", "value": dict(value)}:
            _keyring(value)
        case {"value": dict(value)}:
            _directory(value)


def _directory(value: dict[str, strictjson.JsonValue]) -> None:
    signed = jws.sign(value, DIRECTORY, ROOT)
    found = reopen_directory(signed.wire, ROOTS)
    assert forms.data(found.document) == signed.payload
    for now in TIMES:
        for authority in found.document.authorities:
            assert found.current(authority.identifier, now)
            _use(authority)
    verify_directory(signed.wire, ROOTS, current=None, now=found.document.issued)


def _card(value: dict[str, strictjson.JsonValue]) -> None:
    signed = jws.sign(value, card.TYP, GOOD)
    authority = forms.read(Authority, signed.payload, "card-form")
    assert forms.data(authority) == signed.payload
    _use(authority)
    shown = open_card(signed.wire, NOW)
    assert shown.authority == authority
    assert len(fingerprint(shown)) == len("ABCD ") * 8 - 1
    added = add_to_directory(KNOWN, ConfirmedCard(shown), NOW)
    assert added.version == KNOWN.version + 1


def _keyring(value: dict[str, strictjson.JsonValue]) -> None:
    text = strictjson.canonical({"keyring": value, "unencrypted": "demo"})
    found = keyfile.load_unencrypted(text)
    assert keyfile.dump_unencrypted(found) == text
    found.signing_keys(NOW)


def _use(authority: Authority) -> None:
    for now in TIMES:
        with suppress(NotVerified):
            assert authority.recipient(now)
