"""What others send takes work and memory in proportion to its size, whatever is in it."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from app.bundle.admit import admit
from app.bundle.manifest import LIMITS, Limits, Manifest
from app.casefile import handling
from app.casefile.continuity import Source, current, merge, present, tell
from app.casefile.items import in_words
from app.casefile.model import parse_case_file
from app.crypto import jws, strictjson
from app.crypto.age import Stream
from app.crypto.header import encode64
from app.errors import TooLarge
from app.flows.intake import json_object
from app.handover.ledger import fold
from app.handover.statement import _reopened
from app.trust.directory import reopen_directory, sign_directory
from app.trust.envelope import TYP
from tests import growth
from tests.bundle.samples import EXPECTED, RECEIVER, sealed
from tests.casefile import samples
from tests.handover import make
from tests.trust import making
from tests.vectors import make_bundle

Call = Callable[[], object]
LIMIT = 33 * 2**20
JSON: dict[str, Callable[[int], str]] = {
    "deep lists": lambda n: "[" * n,
    "deep objects": lambda n: '{"a":' * n,
    "members": lambda n: json.dumps({str(one): one for one in range(n)}),
    "one member again": lambda n: '{"a":' + "[" + '{"a":1,"a":2},' * n + "1]}",
    "the same name": lambda n: "{" + '"a":1,' * n + '"a":1}',
    "long text": lambda n: json.dumps({"a": "x" * 64 * n}),
    "long name": lambda n: json.dumps({"x" * 64 * n: 1}),
    "escapes": lambda n: '{"a":"' + "\\ud83d\\ude00" * 8 * n + '"}',
    "surrogates": lambda n: '{"a":"' + "\\ud83d" * 8 * n + '"}',
    "long number": lambda n: '{"a":' + "9" * 64 * n + "}",
    "long fraction": lambda n: '{"a":0.' + "9" * 64 * n + "}",
    "large exponent": lambda n: '{"a":1e' + "9" * 64 * n + "}",
    "numbers": lambda n: json.dumps({"a": [2**53 - 1] * n}),
    "NaN": lambda n: '{"a":[' + "NaN," * n + "1]}",
    "empty lists": lambda n: json.dumps({"a": [[]] * n}),
    "blanks": lambda n: " " * 64 * n + "{}" + " " * 64 * n,
    "no end": lambda n: '{"a":"' + "x" * 64 * n,
    "quotes": lambda n: '"' * n,
    "backslashes": lambda n: '{"a":"' + "\\" * 64 * n,
}


@pytest.mark.parametrize("name", JSON)
def test_json(name: str) -> None:
    def read(size: int) -> Call:
        data = JSON[name](size).encode()
        return lambda: strictjson.canonical(json_object(data, LIMIT))

    growth.check(read, 100)


def names(count: int, of: str) -> list[str]:
    return [samples.ref(f"{of} {number}") for number in range(count)]


def chained(count: int) -> list[dict[str, Any]]:
    """Each concern replaces all that were a short while before it."""
    ids = names(count, "concern")
    return [
        {**samples.concern(), "id": own, "supersedes": ids[max(0, at - 8) : at]}
        for at, own in enumerate(ids)
    ]


CASES: dict[str, Callable[[int], dict[str, Any]]] = {
    "children": lambda n: {"children": [samples.child(f"child {one}") for one in range(n)]},
    "children and concerns": lambda n: {
        "children": [samples.child(f"child {one}") for one in range(n)],
        "concerns": [samples.concern(f"{one}") for one in range(n)],
    },
    "concerns": lambda n: {"concerns": [samples.concern(f"{one}") for one in range(n)]},
    "replaced": lambda n: {"concerns": chained(n)},
    "events": lambda n: {"chronology": [samples.event(f"{one}") for one in range(n)]},
    "attachments": lambda n: {"attachments": [samples.attachment(one + 1) for one in range(n)]},
    "references": lambda n: {"concerns": [samples.concern(children=[samples.ref("child")] * n)]},
    "unresolved": lambda n: {"concerns": [samples.concern(children=names(n, "nobody"))]},
    "the same id": lambda n: {"concerns": [samples.concern()] * n},
    "unknown fields": lambda n: {str(one): one for one in range(n)},
    "wrong entries": lambda n: {"concerns": [1] * n},
    "wrong fields": lambda n: {"concerns": [samples.concern(str(one), what=1) for one in range(n)]},
    "long texts": lambda n: {"children_views": "𝔄" * 64 * n},
    "too long": lambda n: {"children_views": "𝔄" * 64 * 1024 * n},
    "NUL at the end": lambda n: {"children_views": "x" * 64 * n + "\0"},
    "labels": lambda n: {
        "concerns": [
            samples.concern(str(one), handling=[{"code": "court_permission"}]) for one in range(n)
        ]
    },
    "protected": lambda n: {
        "addresses": [
            {"id": one, "lines": ["Invented"], "protection": {"reason": "domestic_abuse"}}
            for one in names(n, "address")
        ]
    },
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_file(name: str) -> None:
    def read(size: int) -> Call:
        value = samples.case(**CASES[name](size))

        def use() -> None:
            handling.disclose(value, frozenset({"open"}))
            handling.withheld_ids(value, frozenset({"open"}))
            handling.protected_addresses(value, None)
            case_file = parse_case_file(value)
            handling.privileged(case_file)
            in_words(case_file)

        return use

    growth.check(read, 20)


SIGNED: dict[str, Callable[[int], bytes]] = {
    "long payload": lambda n: signed({"a": "x" * 64 * n}),
    "members": lambda n: signed({f"{one:06}": one for one in range(n)}),
    "signatures": lambda n: strictjson.canonical(
        {"payload": "e30", "signatures": [{"protected": "e30", "signature": "e30"}] * n}
    ),
    "members beside": lambda n: strictjson.canonical({f"{one:06}": "x" for one in range(n)}),
    "base64": lambda n: strictjson.canonical({"payload": "=" * 64 * n, "signatures": []}),
    "items": lambda n: make.wire(make.value("dispatch", of_items(n))),
    "children": lambda n: make.wire(make.value("dispatch", children=names(n, "child"))),
}


def signed(payload: dict[str, Any]) -> bytes:
    return jws.sign(payload, TYP, making.ROOT).wire


def of_items(count: int) -> dict[str, Any]:
    return {**make.BODIES["dispatch"], "items": [make.item(str(one)) for one in range(count)]}


def _merged(n: int, replaced: Callable[[int], list[int]], twice: bool = False) -> Call:
    """A case file and supplements of `n` entries, entry by entry what each says it replaces."""
    entries = [
        samples.concern(f"c{one}", supersedes=[samples.ref(f"c{old}") for old in replaced(one)])
        for one in range(n)
    ]
    told = [
        tell(
            Source(turn, f"{turn:064}", "gss:X", kind, "2031-01-01", "2031-01-01", turn),
            {"v": 1, **({"concerns": entries} if turn == 1 else {"parts": {"concerns": entries}})},
            {},
        )
        for turn, kind in ((1, "dispatch"), (2, "supplement"))[: 1 + twice]
    ]
    return lambda: (present(merge(*told)), current(merge(*told)))


def _told(n: int, by: str, **more: Any) -> Call:
    """One concern told in `n` ways, and marked by each of as many others that replace it."""
    told = []
    for turn in range(n):
        old, new = samples.concern(what=str(turn), **more), samples.concern(f"c{turn}")
        words = {"v": 1, "parts": {"concerns": [old, {**new, "supersedes": [old["id"]]}]}}
        for at, authority in ((2 * turn, "gss:X"), (2 * turn + 1, by)):
            source = Source(at, f"{at:064}", authority, "supplement", "2031-01-01", "", at)
            told.append(tell(source, words, {}))
    return lambda: (present(merge(*told)), current(merge(*told)))


MERGED: dict[str, Callable[[int], Call]] = {
    "one told in many ways": lambda n: _told(n, "gss:X"),
    "one told and disputed in many ways": lambda n: _told(n, "gss:Y"),
    "a chain": lambda n: _merged(n, lambda one: [one - 1] if one else [], twice=True),
    "one replaces all": lambda n: _merged(n, lambda one: [] if one else list(range(1, n))),
    "all replace one": lambda n: _merged(n, lambda one: [0] if one else [], twice=True),
}


@pytest.mark.parametrize("name", MERGED)
def test_a_merged_case(name: str) -> None:
    growth.check(MERGED[name], 110, room=256 * 1024)


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_document(name: str) -> None:
    def read(size: int) -> Call:
        wire = SIGNED[name](size)

        def use() -> None:
            if name in ("items", "children"):
                _reopened(wire)  # `reopen` keeps small ones
            else:
                jws.parse(wire, TYP, limit=LIMIT)

        return use

    growth.check(read, 50)


def directory(size: int) -> bytes:
    """Of authorities each of which has passed its work on to the next."""
    ids = [f"gss:E{number:08}" for number in range(size)]
    listed = [
        making.authority(
            identifier=own,
            route="assisted",
            endpoint=None,
            keysets=[],
            recipients=[],
            valid_to=None if own == ids[-1] else "2021-01-01T00:00:00Z",
            successor=None if own == ids[-1] else ids[at + 1],
        )
        for at, own in enumerate(ids)
    ]
    return sign_directory(making.document(*listed), making.ROOT).wire


def test_a_directory() -> None:
    def read(size: int) -> Call:
        wire = directory(size)
        return lambda: reopen_directory(wire, making.ROOTS)

    growth.check(read, 10)


def test_those_who_have_passed_on_their_work() -> None:
    def read(size: int) -> Call:
        found = reopen_directory(directory(size), making.ROOTS)
        last = found.document.authorities[-1]

        def use() -> None:
            assert len(found.names_of(last, making.NOW)) == size
            assert found.current("gss:E00000000", making.NOW) is last

        return use

    growth.check(read, 10)


def members(count: int) -> dict[str, Any]:
    content, first, _ = make_bundle.manifest()["members"]
    rest = [{**first, "path": f"attachments/{number:04d}"} for number in range(1, count)]
    return make_bundle.manifest(members=[content, *rest])


def test_a_manifest() -> None:
    def read(size: int) -> Call:
        data = make_bundle.canonical(members(size))
        return lambda: Manifest.parse(data, LIMITS)

    growth.check(read, 20)
    with pytest.raises(TooLarge, match="bundle-too-many-members"):
        read(9_999)()


@pytest.mark.parametrize("limits", [LIMITS, Limits(members=10)])
def test_a_bundle(limits: Limits) -> None:
    def read(size: int) -> Call:
        file, announced = sealed(*[b"x"] * size)
        return lambda: admit(BytesIO(file).read, announced, EXPECTED, [RECEIVER], limits)

    growth.check(read, 10)


HEADERS: dict[str, Callable[[int], bytes]] = {
    "stanzas": lambda n: b"-> x\n\n" * n,
    "arguments": lambda n: b"-> x" + b" a" * n + b"\n\n",
    "lines": lambda n: b"-> x\n" + (b"A" * 64 + b"\n") * n + b"\n",
    "no lines": lambda n: b"-> " + b"x" * 64 * n,
    "ends": lambda n: b"-> x\n\n" + b"---\n" * n,
    "dashes": lambda n: b"-" * 64 * n,
    "nothing": lambda n: b"\n" * n,
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_of_an_age_file(name: str) -> None:
    def read(size: int) -> Call:
        mac = encode64(bytes(32)).encode()
        file = b"age-encryption.org/v1\n" + HEADERS[name](size) + b"--- " + mac + b"\n"
        return lambda: b"".join(Stream(BytesIO(file).read).chunks([RECEIVER]))

    growth.check(read, 100)


def test_a_ledger() -> None:
    def read(size: int) -> Call:
        book = make.dispatched()
        for _ in range(size):
            book.says("fact", by=make.RECEIVER)
        return lambda: fold(book.entries)

    growth.check(read, 20)
