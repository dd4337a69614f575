"""Signed JSON: JWS General JSON Serialization (RFC 7515) in exactly one spelling.

    {"payload":"...","signatures":[{"protected":"...","signature":"..."},
                                   {"protected":"...","signature":"..."}]}

Each signer adds two signatures, `Ed25519` (RFC 9864) and then `ML-DSA-65` (RFC 9964), and both
must hold. ML-DSA signing is randomised: sign once and keep the bytes. A document's identity is
the digest of its payload, which the signatures do not change.

JOSE libraries accept a document when any one signature verifies, whatever else it carries. So:

    parse    1  size
             2  the bytes are the RFC 8785 spelling of what they say
             3  the members, and no others
             4  two signatures for each signer
             5  strict base64url
             6  protected headers of exactly alg, kid and typ
             7  alg: Ed25519, then ML-DSA-65
             8  typ: the one asked for
             9  signers in ascending order of their first kid, none twice
            10  the payload is a JSON object in its RFC 8785 spelling
    verify  11  both kids are those of the keys given
            12  the Ed25519 signature
            13  the ML-DSA-65 signature

Every step raises under its own code, and the later steps rely on the earlier ones.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from cryptography.exceptions import InvalidSignature

from app.crypto import base64url, ids, strictjson
from app.crypto.jwk import SigningKeys, VerifyingKeys
from app.crypto.strictjson import JsonValue
from app.errors import Malformed, NotVerified, TooLarge

ALGORITHMS = ("Ed25519", "ML-DSA-65")
_SIGNER_BYTES = 6_000
"""Room for one signer's two signatures on the wire: they take some 5,000 bytes."""


@dataclass(frozen=True)
class Signed:
    """A document that we signed. `digest` is the lower-case hex SHA-256 of `payload`."""

    wire: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True)
class _Signature:
    kid: str
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True)
class Unverified:
    """A document of the right form that nobody vouches for yet."""

    wire: bytes = field(repr=False)
    typ: str
    payload: bytes = field(repr=False)
    value: dict[str, JsonValue] = field(repr=False)
    digest: str
    signers: tuple[tuple[_Signature, _Signature], ...] = field(repr=False)

    @property
    def signer_kids(self) -> tuple[tuple[str, str], ...]:
        """The thumbprints that each signer names, Ed25519 first."""
        return tuple((first.kid, second.kid) for first, second in self.signers)

    @property
    def kids(self) -> tuple[str, str]:
        """The thumbprints that the first (mostly the only) signer names."""
        return self.signer_kids[0]


@dataclass(frozen=True)
class Verified:
    """A document that its signer's two keys vouch for."""

    value: dict[str, JsonValue] = field(repr=False)
    payload: bytes = field(repr=False)
    digest: str
    wire: bytes = field(repr=False)


def sign(payload: dict[str, JsonValue], typ: str, keys: SigningKeys) -> Signed:
    """`payload`, signed by both keys. Raises Malformed as `strictjson.canonical` does."""
    data = strictjson.canonical(payload)
    encoded = base64url.encode(data)
    signatures = _sign(encoded, typ, keys)
    return Signed(_serialise(encoded, signatures), data, ids.digest(data))


def countersign(document: Unverified, keys: SigningKeys) -> Signed:
    """The same payload with one more signer. Raises Malformed `jws-signer-order` if it has it."""
    encoded = base64url.encode(document.payload)
    signers = {
        kids[0]: [
            _member(signature.signing_input.decode().split(".")[0], signature.signature)
            for signature in signer
        ]
        for kids, signer in zip(document.signer_kids, document.signers, strict=True)
    }
    mine = keys.public.kids[0]
    if mine in signers:
        raise _signer_order()
    signers[mine] = _sign(encoded, document.typ, keys)
    signatures = [member for _, signer in sorted(signers.items()) for member in signer]
    return Signed(_serialise(encoded, signatures), document.payload, document.digest)


def parse(wire: bytes, typ: str, *, limit: int, signers: int = 1) -> Unverified:
    """Steps 1 to 10, for a payload of at most `limit` bytes and at most `signers` signers.

    Raises TooLarge `jws-too-large`; Malformed `jws-not-canonical`, `jws-members`,
    `jws-signature-count`, `jws-base64`, `jws-header`, `jws-alg`, `jws-typ`, `jws-signer-order`,
    `jws-payload`.
    """
    # 1 Size.
    most = limit * 4 // 3 + signers * _SIGNER_BYTES
    if len(wire) > most:
        raise TooLarge("jws-too-large", f"Send a signed document of at most {most} bytes.")
    # 2 One spelling: its member names happen to stand in RFC 8785 order.
    try:
        document = strictjson.parse_canonical(wire, limit=most, depth=4)
    except Malformed as error:
        raise Malformed("jws-not-canonical", error.detail) from None
    # 3 Members.
    encoded, members = _document(document)
    # 4 Number of signatures.
    if len(members) not in range(2, 2 * signers + 1, 2):
        raise Malformed(
            "jws-signature-count", "Sign with Ed25519 and with ML-DSA-65, and nothing more."
        )
    # 5 to 8.
    payload = _decode(encoded)
    parsed = [
        _signature(member, encoded, ALGORITHMS[place % 2], typ)
        for place, member in enumerate(members)
    ]
    # 9 Order of signers.
    pairs = tuple(zip(parsed[::2], parsed[1::2], strict=True))
    if not all(one[0].kid < next_[0].kid for one, next_ in pairwise(pairs)):
        raise _signer_order()
    # 10 Payload.
    return Unverified(wire, typ, payload, _payload(payload, limit), ids.digest(payload), pairs)


def verify(document: Unverified, keys: VerifyingKeys) -> Verified:
    """Steps 11 to 13, for the signer whose `keys` these are.

    Raises NotVerified `jws-kid`, `jws-signature-ed25519`, `jws-signature-mldsa65`.
    """
    # 11 Both kids.
    if keys.kids not in document.signer_kids:
        raise NotVerified("jws-kid", "This document was signed with other keys: ask whose.")
    first, second = document.signers[document.signer_kids.index(keys.kids)]
    # 12 Ed25519, the cheaper one.
    try:
        keys.ed25519.verify(first.signature, first.signing_input)
    except InvalidSignature:
        raise _bad_signature("jws-signature-ed25519") from None
    # 13 ML-DSA-65.
    try:
        keys.mldsa65.verify(second.signature, second.signing_input)
    except InvalidSignature:
        raise _bad_signature("jws-signature-mldsa65") from None
    return Verified(document.value, document.payload, document.digest, document.wire)


def _sign(encoded: str, typ: str, keys: SigningKeys) -> list[JsonValue]:
    members: list[JsonValue] = []
    signers = (keys.ed25519.sign, keys.mldsa65.sign)
    for algorithm, kid, signer in zip(ALGORITHMS, keys.public.kids, signers, strict=True):
        header = strictjson.canonical({"alg": algorithm, "kid": kid, "typ": typ})
        protected = base64url.encode(header)
        members.append(_member(protected, signer(f"{protected}.{encoded}".encode())))
    return members


def _member(protected: str, signature: bytes) -> JsonValue:
    return {"protected": protected, "signature": base64url.encode(signature)}


def _serialise(encoded: str, signatures: list[JsonValue]) -> bytes:
    return strictjson.canonical({"payload": encoded, "signatures": signatures})


def _document(document: JsonValue) -> tuple[str, list[tuple[str, str]]]:
    match document:
        case {"payload": str(payload), "signatures": list(entries), **others} if not others:
            return payload, [_entry(entry) for entry in entries]
    raise _members()


def _entry(entry: JsonValue) -> tuple[str, str]:
    match entry:
        case {"protected": str(protected), "signature": str(signature), **others} if not others:
            return protected, signature
    raise _members()


def _members() -> Malformed:
    return Malformed(
        "jws-members", "Send payload and signatures, each of protected and signature, only."
    )


def _signature(member: tuple[str, str], encoded: str, algorithm: str, typ: str) -> _Signature:
    protected, signature = member
    # 5 Base64url.
    header, raw = _decode(protected), _decode(signature)
    # 6 Header.
    try:
        values = strictjson.parse_canonical(header, limit=len(header), depth=1)
    except Malformed:
        values = None
    match values:
        case {"alg": str(alg), "kid": str(kid), "typ": str(stated), **others} if not others:
            pass
        case _:
            raise Malformed("jws-header", "Protect exactly alg, kid and typ, and nothing else.")
    # 7 Algorithm.
    if alg != algorithm:
        raise Malformed("jws-alg", "Sign with Ed25519 first and with ML-DSA-65 second.")
    # 8 Type.
    if stated != typ:
        raise Malformed("jws-typ", f"Send a document of the type {typ} here.")
    return _Signature(kid, f"{protected}.{encoded}".encode(), raw)


def _payload(payload: bytes, limit: int) -> dict[str, JsonValue]:
    try:
        value = strictjson.parse_canonical(payload, limit=limit)
    except TooLarge as error:
        raise TooLarge("jws-too-large", error.detail) from None
    except Malformed as error:
        raise Malformed("jws-payload", error.detail) from None
    if not isinstance(value, dict):
        raise Malformed("jws-payload", "Sign a JSON object.")
    return value


def _decode(text: str) -> bytes:
    try:
        return base64url.decode(text)
    except Malformed as error:
        raise Malformed("jws-base64", error.detail) from None


def _signer_order() -> Malformed:
    return Malformed("jws-signer-order", "Name each signer once, in the order of the kids.")


def _bad_signature(code: str) -> NotVerified:
    return NotVerified(code, "The signature does not hold: ask the sender to send it again.")
