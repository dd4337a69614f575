"""Makes tests/vectors/statement/*: `python -m tests.vectors.make_statement`.

One file, one failure or success of steps 1 to 8 of openapi/protocol.md, section 3.3: `comment`,
`expect` (`ok`, `held` or the code), `now` (when it arrives), `to` (who receives it), an empty line,
and the statement as it travels. Everything else about it holds. All are judged by
`given/directory.jws`, whose root is in `given/roots.json`. ML-DSA signing is randomised, so that
each run writes other bytes; the committed ones are the vectors.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from app.crypto import base64url, jws
from app.crypto.jwk import SigningKeys
from app.handover.when import stamp
from app.trust import forms
from app.trust.directory import sign_directory
from app.trust.envelope import TYP
from tests.handover import make
from tests.vectors import parties
from tests.vectors.files import save
from tests.vectors.make_jws import dump, keys
from tests.vectors.parties import ALIAS, DAY, FORMER, GOOD, NOW, OTHER, RECEIVER, THIRD

HERE = Path(__file__).parent / "statement"
MIXED = SigningKeys(GOOD.ed25519, parties.OLD.mldsa65)


class Vector(NamedTuple):
    name: str
    expect: str
    comment: str
    wire: bytes
    now: datetime = NOW
    to: str = RECEIVER


def wire(
    by: SigningKeys = GOOD, typ: str = TYP, kind: str = "notification", **members: Any
) -> bytes:
    """A statement of the sender, with members changed or (None) left out."""
    body = members.pop("body", None)
    if kind in ("notification", "dispatch", "records_request"):
        members = {"children": [make.ASH], **members}
    return jws.sign(make.value(kind, body, **members), typ, by).wire


def sent(author: object, **members: Any) -> bytes:
    """A statement that says it is from `author`."""
    members["from"] = author
    return wire(**members)


def edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    """A good statement that was changed after signing."""
    document = json.loads(wire())
    edit(document)
    return dump(document)


def vectors() -> Iterator[Vector]:
    """Every vector, in the order of the steps."""
    yield Vector("good", "ok", "A notification.", wire())
    yield from written()
    yield from judged()
    yield from addressed()
    yield from signed()
    yield from dated()
    yield from formed()
    yield from newer()


def written() -> Iterator[Vector]:
    long = wire(body={"text": "a" * 65_536})
    yield Vector("wire-long", "jws-too-large", "A payload of over 64 KiB.", long)
    good = wire()
    spaced = good.replace(b'","signatures"', b'", "signatures"')
    yield Vector("wire-space", "jws-not-canonical", "One space between two members.", spaced)
    entry = '"signatures":[{'
    header = good.replace(entry.encode(), (entry[:-1] + '{"header":{},').encode())
    yield Vector("wire-unprotected", "jws-members", "An empty unprotected header.", header)
    for place, name in enumerate(("ed25519", "mldsa65")):
        missing = edited(partial(_drop, place))
        yield Vector(f"wire-no-{name}", "jws-signature-count", f"{name} is missing.", missing)
    added = edited(lambda d: d["signatures"].append(d["signatures"][1]))
    yield Vector("wire-third", "jws-signature-count", "A third signature.", added)
    turned = edited(lambda d: d["signatures"].reverse())
    yield Vector("wire-reordered", "jws-alg", "ML-DSA-65 before Ed25519.", turned)
    swapped = edited(_swap_algorithms)
    yield Vector("wire-alg-swapped", "jws-alg", "Each algorithm's name on the other.", swapped)
    padded = edited(lambda d: d.update(payload=d["payload"] + "="))
    yield Vector("wire-padding", "jws-base64", "Padding.", padded)
    card = wire(typ="case-handover-card+jws")
    yield Vector("wire-card", "jws-typ", "A document of another type, by the same keys.", card)


def _drop(place: int, document: dict[str, Any]) -> None:
    del document["signatures"][place]


def _swap_algorithms(document: dict[str, Any]) -> None:
    first, second = document["signatures"]
    for entry, name in ((first, "ML-DSA-65"), (second, "Ed25519")):
        header = json.loads(base64url.decode(entry["protected"]))
        entry["protected"] = base64url.encode(dump({**header, "alg": name}))


def judged() -> Iterator[Vector]:
    yield Vector("key-unknown", "key-unknown", "Nobody's keys.", wire(keys("nobody")))
    yield Vector("key-mixed", "key-mixed", "Two keys of two keysets of the sender.", wire(MIXED))
    yield Vector("key-revoked", "key-revoked", "A key taken back since now.", wire(parties.REVOKED))
    yield Vector(
        "key-revoked-later", "ok", "A key taken back since the next second.", wire(parties.LATER)
    )
    early = wire(parties.STOLEN, at="2025-06-02T09:00:00Z")
    yield Vector("key-compromised", "key-compromised", "A compromised key counts never.", early)
    yield Vector("key-next", "key-not-yet-valid", "A key of tomorrow.", wire(parties.NEXT))
    five = timedelta(minutes=5)
    yield Vector(
        "key-next-tolerated",
        "ok",
        "It is in use in five minutes.",
        wire(parties.NEXT),
        NOW + DAY - five,
    )
    yield Vector("key-old", "ok", "A key that signs no more and is accepted.", wire(parties.OLD))
    yield Vector("key-expired", "key-expired", "A key past `accept_until`.", wire(parties.EXPIRED))
    backdated = wire(parties.EXPIRED, at="2026-01-05T09:00:00Z")
    yield Vector("key-backdated", "key-expired", "Its claimed date helps no key.", backdated)
    grace, over = NOW + 129 * DAY, NOW + 130 * DAY
    yield Vector("directory-grace", "ok", "29 days after the directory's end.", wire(), grace)
    yield Vector("directory-expired", "directory-expired", "30 days after it.", wire(), over)


def addressed() -> Iterator[Vector]:
    code = "statement-from-other"
    yield Vector("from-alias", "ok", "Another identifier of the sender.", sent(ALIAS))
    yield Vector("from-former", "ok", "For one that it succeeded.", sent(FORMER))
    before = NOW - DAY - timedelta(seconds=1)
    soon = sent(FORMER, at=stamp(before))
    yield Vector("from-former-before", code, "Before it succeeded.", soon, before)
    yield Vector("from-third", code, "In the name of a third authority.", sent(THIRD))
    yield Vector("from-by-third", code, "A third authority in the sender's name.", wire(OTHER))
    yield Vector("from-nobody", code, "From an authority nobody knows.", sent("gss:X1"))
    yield Vector("from-missing", code, "From nobody.", sent(None))
    yield Vector("from-number", code, "From a number.", sent(1))
    code = "statement-for-other"
    yield Vector("to-third", code, "To a third authority.", wire(to=THIRD))
    yield Vector(
        "to-us-third", code, "A third authority receives what is for another.", wire(), to=THIRD
    )
    yield Vector("to-missing", code, "To nobody.", wire(to=None))


def signed() -> Iterator[Vector]:
    payload = make.canonical(make.value("notification", children=[make.ASH], to=THIRD))
    readdressed = edited(lambda d: d.update(payload=base64url.encode(payload)))
    code = "jws-signature-ed25519"
    yield Vector("signed-readdressed", code, "Addressed to another.", readdressed, to=THIRD)
    yield Vector("signed-flipped-ed25519", code, "A bit is other.", edited(lambda d: _flip(d, 0)))
    code = "jws-signature-mldsa65"
    yield Vector("signed-flipped-mldsa65", code, "A bit is other.", edited(lambda d: _flip(d, 1)))


def _flip(document: dict[str, Any], place: int) -> None:
    entry = document["signatures"][place]
    data = bytearray(base64url.decode(entry["signature"]))
    data[40] ^= 1
    entry["signature"] = base64url.encode(bytes(data))


def dated() -> Iterator[Vector]:
    five = wire(at=stamp(NOW + timedelta(minutes=5)))
    yield Vector("clock-tolerated", "ok", "Stated in five minutes.", five)
    more = wire(at=stamp(NOW + timedelta(minutes=5, seconds=1)))
    yield Vector("clock-ahead", "clock-ahead", "Stated in five minutes and a second.", more)
    later = wire(at=stamp(NOW), effective="2026-06-01")
    yield Vector("clock-effective", "ok", "What is true from a later day may be said now.", later)


def formed() -> Iterator[Vector]:
    code = "statement-invalid"
    yield Vector("form-member", code, "A member that nobody knows.", wire(note="x"))
    yield Vector("form-no-body", code, "No body.", _without("body"))
    yield Vector("form-at", code, "A day that there is not.", wire(at="2026-02-30T09:00:00Z"))
    yield Vector("form-at-zone", code, "A time of no zone.", wire(at="2026-03-02T09:00:00"))
    yield Vector("form-kind", code, "A kind in capitals.", wire(kind="Notification", body={}))
    yield Vector("form-version", code, "Version true.", wire(v=True))
    yield Vector("form-handover", code, "No handover.", wire(handover=None))
    yield Vector("form-id", code, "An id with a second spelling.", wire(handover="a" * 25 + "b"))
    twice = [make.ASH, make.ASH]
    yield Vector("form-children-twice", code, "A child twice.", wire(children=twice))
    turned = [make.BIRCH, make.ASH]
    yield Vector("form-children-order", code, "Children out of order.", wire(children=turned))
    yield Vector("form-children-none", code, "No child.", wire(children=[]))
    yield Vector("form-prev", code, "`prev` without a place.", wire(prev=make.digest("entry")))
    yield Vector("form-place", code, "A second place without `prev`.", wire(place=2))
    yield Vector("form-place-zero", code, "Place 0.", wire(place=0))
    yield Vector("form-null", "statement-null", "null for absent.", _with_null())
    yield Vector("form-bundle", "statement-bundle", "No bundle.", wire(bundle=None))
    bundle = {"sha256": make.digest("bundle"), "size": 1, "manifest": make.digest("manifest")}
    receipt = wire(kind="receipt", bundle=bundle)
    yield Vector("form-bundle-more", "statement-bundle", "A receipt with a bundle.", receipt)
    yield Vector("form-children", "statement-children", "No children.", wire(children=None))
    code = "statement-body"
    notification = make.BODIES["notification"]
    free = {**notification, "note": "x"}
    yield Vector("form-body-member", code, "A member that nobody knows.", wire(body=free))
    words = {**notification, "planned": "A sentence about a family."}
    yield Vector("form-body-words", code, "Words where a code belongs.", wire(body=words))
    yield Vector("form-body-empty", code, "An empty body.", wire(body={}))
    unsaid = {**make.BODIES["attested"], "body": {"steps": 1}}
    yield Vector(
        "form-body-attested",
        code,
        "What is attested is of no form.",
        wire(kind="attested", body=unsaid, at=stamp(NOW)),
    )
    null = {**notification, "until": None}
    yield Vector(
        "form-body-null", "statement-null", "null for absent in the body.", wire(body=null)
    )


def _without(name: str) -> bytes:
    value = make.value("notification", children=[make.ASH])
    del value[name]
    return jws.sign(value, TYP, GOOD).wire


def _with_null() -> bytes:
    value = make.value("notification", children=[make.ASH])
    return jws.sign({**value, "seen": None}, TYP, GOOD).wire


def newer() -> Iterator[Vector]:
    kind = wire(kind="unheard_of", body={"any": [1, "thing"]})
    yield Vector("held-kind", "held", "A kind of a later version.", kind)
    version = wire(v=2, body={"any": [1, "thing"]})
    yield Vector("held-version", "held", "A later version of a known kind.", version)
    more = wire(v=2, body={}, note={"any": "thing"})
    yield Vector("held-version-member", "held", "A later version with a member more.", more)
    late = wire(v=2, body={}, at=stamp(NOW + DAY))
    yield Vector("held-clock-ahead", "clock-ahead", "A later version, stated tomorrow.", late)
    flipped = json.loads(version)
    _flip(flipped, 1)
    code = "jws-signature-mldsa65"
    yield Vector("held-flipped", code, "A later version, and a bit is other.", dump(flipped))


def main() -> None:
    given = HERE / "given"
    given.mkdir(parents=True, exist_ok=True)
    (given / "directory.jws").write_bytes(sign_directory(parties.directory(), parties.ROOT).wire)
    (given / "roots.json").write_text(json.dumps(forms.value(parties.ROOTS), indent=1) + "\n")
    for old in HERE.glob("*.txt"):
        old.unlink()
    for vector in vectors():
        head = {"comment": vector.comment, "expect": vector.expect, "to": vector.to}
        fields = [*head.items(), ("now", stamp(vector.now))]
        save(HERE / f"{vector.name}.txt", fields, vector.wire)


if __name__ == "__main__":
    main()
