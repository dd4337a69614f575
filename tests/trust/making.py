"""Fictional authorities, keyrings and directories for the tests of this room."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from app.crypto import strictjson
from app.crypto.jwk import SigningKeys
from app.errors import CaseHandoverError
from app.trust import forms
from app.trust.authority import Authority
from app.trust.directory import (
    Directory,
    DirectoryDocument,
    Roots,
    reopen_directory,
    sign_directory,
)
from app.trust.keyring import Keyring
from tests.vectors.make_jws import keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT = keys("root")
ROOTS = Roots(threshold=1, keys=(ROOT.public,))


@cache
def keyring(identifier: str = "gss:E99000001") -> Keyring:
    return Keyring.create(identifier, NOW)


def members(own: Keyring | None = None, **changes: Any) -> dict[str, Any]:
    """The members of an authority, as JSON."""
    own = own or keyring()
    return {
        "identifier": own.authority,
        "other_identifiers": [],
        "name": f"Fictional authority {own.authority}",
        "nation": "england",
        "valid_from": "2020-04-01T00:00:00Z",
        "valid_to": None,
        "successor": None,
        "route": "exchange",
        "endpoint": "https://handover.example/exchange",
        "keysets": [forms.value(one) for one in own.public_keysets()],
        "recipients": [forms.value(one) for one in own.public_recipients()],
        "contacts": {
            "front_door": "01632 960001",
            "out_of_hours": "01632 960002",
            "secure_mail": "front.door@authority.example",
        },
        "verified_on": "2026-03-01",
        **changes,
    }


def authority(own: Keyring | None = None, **changes: Any) -> Authority:
    return forms.read(Authority, strictjson.canonical(members(own, **changes)), "bad")


def document(*authorities: Authority, **changes: Any) -> DirectoryDocument:
    made = {
        "v": 1,
        "version": 1,
        "issued": NOW - DAY,
        "expires": NOW + 300 * DAY,
        "authorities": authorities or (authority(),),
        **changes,
    }
    return DirectoryDocument.model_validate(made)


def directory(*authorities: Authority, root: SigningKeys = ROOT, **changes: Any) -> Directory:
    wire = sign_directory(document(*authorities, **changes), root).wire
    return reopen_directory(wire, Roots(threshold=1, keys=(root.public,)))


def spoilt(wire: bytes) -> bytes:
    """`wire` with another last character but one in its last signature."""
    return wire[:-6] + (b"B" if wire[-6:-5] == b"A" else b"A") + wire[-5:]


def code(call: Callable[[], object]) -> str:
    """The code of the error that `call` raises; "ok" when it raises none of ours."""
    try:
        call()
    except CaseHandoverError as error:
        return error.code
    return "ok"


def refused(call: Callable[[], object], expected: str) -> CaseHandoverError:
    with pytest.raises(CaseHandoverError) as refusal:
        call()
    assert refusal.value.code == expected
    return refusal.value
