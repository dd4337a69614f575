"""Makes tests/vectors/jws: `python -m tests.vectors.make_jws`.

One file, one failure: lines of `name: value` (comment, expect, typ), an empty line, and the
document as it travels, to the last byte of the file. Everything else in a document holds: where a
header or payload is wrong, the signatures over it are right. The keys are in `keys.json`. ML-DSA
signing is randomised, so that each run writes other bytes; the committed ones are the vectors.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from app.crypto import base64url, jws, strictjson
from app.crypto.jwk import SigningKeys

FOLDER = Path(__file__).parent / "jws"
Edit = Callable[..., object]
TYP = "case-handover-test+jws"
PAYLOAD = b'{"at":"2026-03-02T09:00:00Z","kind":"example","v":1}'


class Vector(NamedTuple):
    name: str
    expect: str
    comment: str
    wire: bytes


def keys(name: str) -> SigningKeys:
    """Test keys that anybody can make again: never use them for anything else."""
    seeds = [hashlib.sha256(f"case-handover test {name} {n}".encode()).digest() for n in (1, 2)]
    return SigningKeys.from_seeds(*seeds)


SENDER, STRANGER = keys("sender"), keys("stranger")


def vectors() -> Iterator[Vector]:
    """Every vector, the good one first."""
    yield Vector("good", "ok", "What a document looks like.", wire())
    yield from form()
    yield from signatures()
    yield from encoding()
    yield from headers()
    yield from payloads()
    yield from flips()


def wire(payload: bytes = PAYLOAD, edit: Edit | None = None) -> bytes:
    """A document whose protected headers `edit` changed before they were signed."""
    kids = SENDER.public.kids
    headers: list[dict[str, Any]] = [
        {"alg": alg, "kid": kid, "typ": TYP} for alg, kid in zip(jws.ALGORITHMS, kids, strict=True)
    ]
    if edit:
        edit(headers)
    return raw(payload, [json.dumps(h, separators=(",", ":")).encode() for h in headers])


def raw(payload: bytes, protected: list[bytes], by: SigningKeys = SENDER) -> bytes:
    """A document with any payload and headers at all, rightly signed."""
    encoded = base64url.encode(payload)
    entries = []
    for header, sign in zip(protected, (by.ed25519.sign, by.mldsa65.sign), strict=True):
        start = base64url.encode(header)
        signature = base64url.encode(sign(f"{start}.{encoded}".encode()))
        entries.append({"protected": start, "signature": signature})
    return dump({"payload": encoded, "signatures": entries})


def edited(edit: Edit) -> bytes:
    """A good document, its members changed after signing."""
    document = json.loads(wire())
    return dump(edit(document) or document)


def dump(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def form() -> Iterator[Vector]:
    good = wire()
    code = "jws-not-canonical"
    spaced = json.dumps(json.loads(good)).encode()
    yield Vector("space", code, "White space between members.", spaced)
    yield Vector("newline", code, "A line feed at the end.", good + b"\n")
    yield Vector("bom", code, "A byte order mark.", b"\xef\xbb\xbf" + good)
    yield Vector("cut", code, "The last brace is missing.", good[:-1])
    yield Vector("empty", code, "No bytes.", b"")
    yield Vector("compact", code, "The compact serialization.", compact(good))
    escaped = good.replace(b'"payload"', b'"p\\u0061yload"')
    yield Vector("escaped-name", code, "A member name with an escape.", escaped)
    doubled = good.replace(b'{"payload"', b'{"payload":"e30","payload"')
    yield Vector("duplicate-payload", code, "A member twice, a harmless one first.", doubled)
    swapped = dump(dict(reversed(json.loads(good).items())))
    yield Vector("member-order", code, "The signatures before the payload.", swapped)
    code = "jws-members"
    yield Vector("flattened", code, "The flattened serialization.", flattened(good))
    yield Vector("array", code, "An array around it.", b"[" + good + b"]")
    yield Vector(
        "no-payload", code, "No payload.", edited(lambda d: {"signatures": d["signatures"]})
    )
    extra = edited(lambda d: {"extra": "1", **d})
    yield Vector("extra-member", code, "A member more at the top.", extra)
    header = edited(lambda d: d["signatures"][0].update(header={}) or sort_entries(d))
    yield Vector("unprotected-header", code, "An unprotected header, if only an empty one.", header)
    number = edited(lambda d: {**d, "payload": 1})
    yield Vector("payload-number", code, "A payload that is no text.", number)


def compact(good: bytes) -> bytes:
    document = json.loads(good)
    entry = document["signatures"][0]
    return f"{entry['protected']}.{document['payload']}.{entry['signature']}".encode()


def flattened(good: bytes) -> bytes:
    document = json.loads(good)
    return dump({"payload": document["payload"], **document["signatures"][0]})


def sort_entries(document: Any) -> Any:
    document["signatures"] = [dict(sorted(entry.items())) for entry in document["signatures"]]
    return document


def signatures() -> Iterator[Vector]:
    code = "jws-signature-count"
    yield Vector("no-signature", code, "None.", edited(lambda d: {**d, "signatures": []}))
    for place, name in enumerate(("ed25519", "mldsa65")):
        one = edited(lambda d, place=place: {**d, "signatures": [d["signatures"][place]]})
        yield Vector(f"only-{name}", code, f"{name} alone.", one)
    third = edited(lambda d: d["signatures"].append(d["signatures"][0]))
    yield Vector("third-signature", code, "The first signature again at the end.", third)
    two = jws.countersign(jws.parse(wire(), TYP, limit=999), STRANGER).wire
    yield Vector("second-signer", code, "A second signer where one is asked for.", two)
    reordered = edited(lambda d: d["signatures"].reverse())
    yield Vector("reordered", "jws-alg", "ML-DSA-65 before Ed25519.", reordered)
    twice = edited(lambda d: {**d, "signatures": [d["signatures"][0]] * 2})
    yield Vector("ed25519-twice", "jws-alg", "Ed25519 twice, no ML-DSA-65.", twice)


def encoding() -> Iterator[Vector]:
    code = "jws-base64"
    for name in ("payload", "protected", "signature"):
        padded = edited(lambda d, name=name: change(d, name, lambda text: text + "="))
        yield Vector(f"padded-{name}", code, f"Padding after the {name}.", padded)
    # 86 characters hold 516 bits for the 512 of an Ed25519 signature.
    unused = edited(lambda d: change(d, "signature", lambda text: text[:-1] + following(text[-1])))
    yield Vector("unused-bits", code, "An unused bit is set in the Ed25519 signature.", unused)
    classic = edited(lambda d: change(d, "signature", lambda text: "+/" + text[2:]))
    yield Vector("classic-alphabet", code, "Characters of the classic alphabet.", classic)
    broken = edited(lambda d: change(d, "payload", lambda text: text[:4] + "\n" + text[4:]))
    yield Vector("line-break", code, "A line feed inside the payload.", broken)
    odd = edited(lambda d: change(d, "payload", lambda text: text + "A" * (1 + -len(text) % 4)))
    yield Vector("odd-length", code, "A length that no bytes have.", odd)
    foreign = edited(lambda d: change(d, "payload", lambda text: "é" + text[1:]))
    yield Vector("not-ascii", code, "A letter outside ASCII.", foreign)


def change(document: Any, name: str, how: Callable[[str], str]) -> Any:
    holder = document if name == "payload" else document["signatures"][0]
    holder[name] = how(holder[name])
    return document


def following(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]


def headers() -> Iterator[Vector]:
    def all_(**members: Any) -> Edit:
        def edit(headers: list[dict[str, Any]]) -> None:
            headers[:] = [dict(sorted({**header, **members}.items())) for header in headers]

        return edit

    code = "jws-header"
    yield Vector("b64-false", code, "RFC 7797.", wire(edit=all_(b64=False, crit=["b64"])))
    yield Vector("crit", code, "A critical extension.", wire(edit=all_(crit=["exp"], exp=1)))
    key = {"jwk": SENDER.public.jwks()[0]}
    yield Vector("embedded-key", code, "A key of the signer's own choice.", wire(edit=all_(**key)))
    yield Vector("cty", code, "One more harmless member.", wire(edit=all_(cty="json")))
    yield Vector("kid-missing", code, "No kid.", wire(edit=lambda hs: [h.pop("kid") for h in hs]))
    yield Vector("kid-number", code, "A kid that is no text.", wire(edit=all_(kid=1)))
    yield Vector("typ-null", code, "A typ that is null.", wire(edit=all_(typ=None)))
    good = [
        strictjson.canonical({"alg": a, "kid": k, "typ": TYP})
        for a, k in zip(jws.ALGORITHMS, SENDER.public.kids, strict=True)
    ]
    spaced = [header.replace(b",", b", ") for header in good]
    yield Vector("header-space", code, "White space in the headers.", raw(PAYLOAD, spaced))
    twice = [header.replace(b'"typ"', b'"typ":"x","typ"') for header in good]
    yield Vector("header-duplicate-key", code, "typ twice in the headers.", raw(PAYLOAD, twice))
    turned = [dump(dict(reversed(json.loads(header).items()))) for header in good]
    yield Vector("header-order", code, "Header members out of order.", raw(PAYLOAD, turned))
    yield Vector("header-empty", code, "Empty headers.", raw(PAYLOAD, [b"", b""]))
    code = "jws-alg"
    yield Vector("alg-none", code, "alg none.", wire(edit=all_(alg="none")))
    yield Vector(
        "alg-eddsa", code, "The polymorphic EdDSA.", wire(edit=lambda hs: hs[0].update(alg="EdDSA"))
    )
    yield Vector("alg-swapped", code, "Each algorithm's name on the other.", wire(edit=swap))
    yield Vector(
        "alg-hs256", code, "HS256, the public key as its secret.", wire(edit=all_(alg="HS256"))
    )
    smaller = wire(edit=lambda hs: hs[1].update(alg="ML-DSA-44"))
    yield Vector("alg-mldsa44", code, "A smaller parameter set by name.", smaller)
    code = "jws-typ"
    yield Vector("typ-other", code, "Another type.", wire(edit=all_(typ="JWT")))
    case = wire(edit=all_(typ=TYP.upper()))
    yield Vector("typ-case", code, "The type in capitals.", case)
    one = wire(edit=lambda hs: hs[1].update(typ="JWT"))
    yield Vector("typ-differs", code, "Another type in the second header only.", one)
    code = "jws-kid"
    other = STRANGER.public.kids
    yield Vector(
        "kid-other",
        code,
        "Signed and named by other keys.",
        jws.sign(json.loads(PAYLOAD), TYP, STRANGER).wire,
    )
    for place, name in enumerate(("ed25519", "mldsa65")):
        mixed = wire(edit=lambda hs, place=place: hs[place].update(kid=other[place]))
        yield Vector(f"kid-mixed-{name}", code, f"The {name} kid of other keys.", mixed)
    crossed = wire(
        edit=lambda hs: (
            [h.update(kid=k) for h, k in zip(hs, SENDER.public.kids[::-1], strict=True)]
        )
    )
    yield Vector("kid-crossed", code, "Each key's kid on the other.", crossed)


def swap(headers: list[dict[str, Any]]) -> None:
    headers[0]["alg"], headers[1]["alg"] = headers[1]["alg"], headers[0]["alg"]


def payloads() -> Iterator[Vector]:
    code = "jws-payload"
    yield Vector("payload-space", code, "White space in the payload.", wire(b'{"v": 1}'))
    yield Vector("payload-order", code, "Members out of order.", wire(b'{"v":1,"at":2}'))
    yield Vector("payload-duplicate-key", code, "A member twice.", wire(b'{"v":1,"v":1}'))
    yield Vector("payload-float", code, "A number that is not whole.", wire(b'{"v":1.5}'))
    yield Vector("payload-array", code, "An array.", wire(b"[]"))
    yield Vector("payload-text", code, "Text.", wire(b'"text"'))
    yield Vector("payload-empty", code, "Nothing.", wire(b""))
    yield Vector("payload-binary", code, "Bytes that are no UTF-8.", wire(b"\xff\xfe"))
    yield Vector("payload-surrogate", code, "Half a character.", wire(b'{"v":"\\ud800"}'))
    deep = b'{"v":' + b"[" * 32 + b"]" * 32 + b"}"
    yield Vector("payload-deep", code, "Nested 33 deep.", wire(deep))
    long = b'{"v":"' + b"a" * 65_536 + b'"}'
    yield Vector("payload-long", "jws-too-large", "Over 64 KiB.", wire(long))


def flips() -> Iterator[Vector]:
    for place, name in enumerate(("ed25519", "mldsa65")):
        for at in (0, 40):
            flipped = edited(lambda d, place=place, at=at: flip(d["signatures"][place], at))
            code = f"jws-signature-{name}"
            yield Vector(f"flipped-{name}-{at}", code, f"A bit of byte {at} is other.", flipped)
    short = edited(lambda d: d["signatures"][1].update(signature="AAAA"))
    yield Vector("short-mldsa65", "jws-signature-mldsa65", "A signature of three bytes.", short)
    none = edited(lambda d: d["signatures"][0].update(signature=""))
    yield Vector("empty-ed25519", "jws-signature-ed25519", "An empty signature.", none)
    other = base64url.encode(PAYLOAD.replace(b"1}", b"2}"))
    swapped = edited(lambda d: {**d, "payload": other})
    yield Vector("payload-swapped", "jws-signature-ed25519", "Another payload.", swapped)
    forged = json.loads(wire())
    headers_ = [base64url.decode(entry["protected"]) for entry in forged["signatures"]]
    by_stranger = raw(PAYLOAD, headers_, STRANGER)
    yield Vector("forged", "jws-signature-ed25519", "Our kids, other keys.", by_stranger)
    second = json.loads(by_stranger)["signatures"][1]
    half = dump({**forged, "signatures": [forged["signatures"][0], second]})
    yield Vector("half-forged", "jws-signature-mldsa65", "As if Ed25519 had been broken.", half)


def flip(entry: dict[str, str], at: int) -> None:
    data = bytearray(base64url.decode(entry["signature"]))
    data[at] ^= 1
    entry["signature"] = base64url.encode(bytes(data))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for vector in vectors():
        head = f"comment: {vector.comment}\nexpect: {vector.expect}\ntyp: {TYP}\n\n"
        (FOLDER / f"{vector.name}.txt").write_bytes(head.encode() + vector.wire)
    named = {"sender": SENDER.public.jwks(), "stranger": STRANGER.public.jwks()}
    (FOLDER / "keys.json").write_text(json.dumps(named, indent=1) + "\n")


if __name__ == "__main__":
    main()
