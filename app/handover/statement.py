"""A statement: one signed entry of a ledger, or one signed answer about it.

The payload is RFC 8785 JSON; its SHA-256 is the statement's identity. Only verifying an envelope
makes a `Statement`, or reopening one which was verified when it was first received.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from app.errors import Malformed
from app.handover.bodies import BODIES
from app.handover.bodies.answers import Acceptance
from app.handover.bodies.base import Body
from app.handover.bodies.machine import Attested
from app.handover.codes import AuthorityId, Digest, Id, Slug
from app.handover.when import Stamp, When
from app.trust.envelope import VerifiedEnvelope

VERSION = 1
_SMALL = 16 * 1024
"""Bytes of a statement that is kept in memory after it was read."""
MAX_CHILDREN = 50
MAX_PLACE = 10_000

OPENERS = frozenset({"notification", "records_request", "dispatch"})
"""Kinds that may begin a handover."""

WITH_BUNDLE = frozenset(
    {
        "notification",
        "records_request",
        "dispatch",
        "acknowledgement",
        "arrangements",
        "acceptance",
        "decline",
        "supplement",
        "correction",
        "query",
        "reply",
        "disagreement",
        "attested",
    }
)
WITHOUT_BUNDLE = frozenset({"receipt", "refusal", "sync", "heard"})
"""All other kinds may have a bundle, for a note or an explanation, and need not."""

WITHOUT_CHILDREN = frozenset({"receipt", "refusal", "sync", "heard"})
"""Kinds that speak of no child; all others name the children they speak of."""

ANSWERS = frozenset({"receipt", "refusal", "sync"})
"""Kinds that are never entries of a ledger."""


class Announced(BaseModel):
    """The bundle that goes with a statement: SHA-256 and size of the file, SHA-256 of its
    manifest."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    sha256: Digest
    size: Annotated[int, Field(ge=1, le=2**40)]
    manifest: Digest


class Payload(BaseModel):
    """The members all statements share."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    v: Annotated[int, Field(ge=1, le=10**6)]
    """Version of the protocol."""
    kind: Slug
    handover: Id | None = None
    """Absent only where a sync asks which handovers there are."""
    sender: Annotated[AuthorityId, Field(alias="from")]
    """Who states it; on either side of the handover."""
    recipient: Annotated[AuthorityId, Field(alias="to")]
    at: Stamp
    """When it was stated."""
    effective: When
    """From when it is true."""
    children: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MAX_CHILDREN)] | None = None
    """Whom it is true of: opaque references in ascending order."""
    seen: Digest | None = None
    """The last entry that was known to whoever states it."""
    place: Annotated[int, Field(ge=1, le=MAX_PLACE)] | None = None
    """Place in the ledger: in the keeper's statements, and in its receipts for those it orders."""
    prev: Digest | None = None
    """The entry of the place before."""
    bundle: Announced | None = None
    body: dict[str, Any]
    """As the kind has it."""

    @model_validator(mode="after")
    def _shape(self) -> "Payload":
        if self.children is not None and list(self.children) != sorted(set(self.children)):
            raise ValueError("`children` are in order and each once")
        if (self.place in (None, 1)) != (self.prev is None):
            raise ValueError("`prev` goes with every place after the first")
        if self.handover is None and self.kind != "sync":
            raise ValueError("`handover` is missing")
        if self.sender == self.recipient:
            raise ValueError("nobody states anything to itself")
        return self


class _Version(BaseModel):
    """All that is read before it is known how to read the rest."""

    model_config = ConfigDict(strict=True, extra="ignore")

    v: int


class _LaterAnnounced(Announced):
    model_config = ConfigDict(extra="ignore")


class _LaterPayload(Payload):
    """The shared members of a version after ours, which may have others as well."""

    model_config = ConfigDict(extra="ignore")

    bundle: _LaterAnnounced | None = None


@dataclass(frozen=True)
class Statement:
    """A verified statement. `body` is None for a kind or version that we don't know: it is held."""

    digest: str
    wire: bytes
    payload: Payload
    body: Body | None

    @property
    def kind(self) -> str:
        return self.payload.kind

    @property
    def handover(self) -> str:
        assert self.payload.handover is not None
        return self.payload.handover

    @cached_property
    def said(self) -> tuple[str, Body]:
        """Kind and body of what was said: an attested entry gives those it reports."""
        assert self.body is not None
        if isinstance(self.body, Attested):
            return self.body.says, parse_body(self.body.says, self.body.body)
        return self.kind, self.body


def from_envelope(verified: VerifiedEnvelope) -> Statement:
    """The statement in a verified envelope.

    Raises Malformed (`statement-invalid`, `statement-null`, `statement-bundle`,
    `statement-children`, `statement-body`).
    """
    return _statement(verified.wire, verified.payload)


def reopen(wire: bytes) -> Statement:
    """A statement from our own records: it was verified when it was first received or issued, by
    the keys that were good on that day, and is not judged again by today's.

    A ledger is read again for each statement that follows, so the last ones read are kept; no large
    ones, of which an author could make our memory full."""
    return _kept(wire) if len(wire) <= _SMALL else _reopened(wire)


@lru_cache(maxsize=512)
def _kept(wire: bytes) -> Statement:
    return _reopened(wire)


def _reopened(wire: bytes) -> Statement:
    encoded = json.loads(wire)["payload"]
    return _statement(wire, base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def to_value(payload: Payload) -> dict[str, Any]:
    """The payload as JSON: what is absent is left out, never null."""
    return payload.model_dump(mode="json", by_alias=True, exclude_none=True)


def body_value(body: Body) -> dict[str, Any]:
    """A body as JSON, absent members left out."""
    return body.model_dump(mode="json", exclude_none=True)


def check_payload(payload: Payload) -> Body | None:
    """What the kind asks of the payload; returns the parsed body, or None for an unknown kind.

    Raises Malformed.
    """
    if payload.v != VERSION or payload.kind not in BODIES:
        return None
    _check_bundle(payload)
    if (payload.kind in WITHOUT_CHILDREN) != (payload.children is None):
        raise Malformed("statement-children", f"A {payload.kind} names the wrong children")
    body = parse_body(payload.kind, payload.body)
    _check_results(payload, body)
    return body


def parse_body(kind: str, value: dict[str, Any]) -> Body:
    """The body of a kind that we know. Raises Malformed (`statement-body`, `statement-null`)."""
    try:
        body = BODIES[kind].model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise _malformed("statement-body", f"The body of this {kind}", error) from None
    if _spelt(body_value(body)) != _spelt(value):
        raise Malformed("statement-null", "Members that are absent must be left out, not null")
    if isinstance(body, Attested):
        parse_body(body.says, body.body)
    return body


def _statement(wire: bytes, payload_bytes: bytes) -> Statement:
    try:
        later = _Version.model_validate_json(payload_bytes).v > VERSION
        form = _LaterPayload if later else Payload
        payload = form.model_validate_json(payload_bytes)
    except ValidationError as error:
        raise _malformed("statement-invalid", "The statement's payload", error) from None
    if not later and _spelt(to_value(payload)) != _spelt(json.loads(payload_bytes)):
        raise Malformed("statement-null", "Members that are absent must be left out, not null")
    digest = hashlib.sha256(payload_bytes).hexdigest()
    return Statement(digest, wire, payload, check_payload(payload))


def _spelt(value: dict[str, Any]) -> str:
    """For comparing values as JSON does: to Python, 1 and true are equal."""
    return json.dumps(value, sort_keys=True)


def _check_bundle(payload: Payload) -> None:
    if payload.kind in WITH_BUNDLE and payload.bundle is None:
        raise Malformed("statement-bundle", f"A {payload.kind} needs a bundle")
    if payload.kind in WITHOUT_BUNDLE and payload.bundle is not None:
        raise Malformed("statement-bundle", f"A {payload.kind} has no bundle")


def _check_results(payload: Payload, body: Body) -> None:
    """A conference decides for exactly the children whom its statement names."""
    said = body
    if isinstance(body, Attested) and body.says == "acceptance":
        said = parse_body(body.says, body.body)
    if not isinstance(said, Acceptance):
        return
    if sorted(result.child for result in said.results) != list(payload.children or ()):
        raise Malformed("statement-children", "`children` are those with a result, each once")


def _malformed(
    code: Literal["statement-invalid", "statement-body"], what: str, error: ValidationError
) -> Malformed:
    first = error.errors(include_input=False, include_url=False)[0]
    # The name of a member that we don't know is somebody else's text: the pointer leaves it out.
    where = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    pointer = ("/body" if code == "statement-body" else "") + "".join(f"/{part}" for part in where)
    return Malformed(code, f"{what} is not of the published form{_why(first)}", pointer=pointer)


def _why(error: ErrorDetails) -> str:
    """What the form asks for there, in words of ours alone: nothing of what was sent."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return f": this is {context['expected']}"
    if kind == "value_error":
        return f": {context['error']}"
    if kind == "missing":
        return ": this is missing"
    return ": it has no such member" if kind == "extra_forbidden" else ""
