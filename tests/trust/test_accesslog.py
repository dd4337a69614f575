import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import strictjson
from app.trust import forms
from app.trust.accesslog import START, Access, Entry, Head, entry, open_purpose, verify_chain
from tests.trust.making import NOW, code, refused

KEY, OTHER_KEY = bytes(32), bytes(range(32))
HANDOVER = "a" * 26


def access(**changes: Any) -> Access:
    members = {
        "at": NOW,
        "who": "11111111-2222-3333-4444-555555555555",
        "act": "open",
        "handover": HANDOVER,
        "part": "content.json",
        **changes,
    }
    return forms.build(Access, members, "bad")


def chain(count: int) -> list[Entry]:
    entries: list[Entry] = []
    head = START
    for number in range(count):
        entries.append(entry(head, access(), f"To prepare visit {number} to Zebedee", KEY))
        head = entries[-1].head
    return entries


ENTRIES = [one.data for one in chain(6)]


def test_a_chain_holds() -> None:
    entries = chain(6)
    assert verify_chain(one.data for one in entries) == Head(6, entries[-1].digest)
    assert verify_chain([]) == START


def test_what_an_entry_says() -> None:
    first, second = chain(2)
    assert json.loads(second.data) | {"purpose": ""} == {
        "at": "2026-03-02T09:00:00Z",
        "who": "11111111-2222-3333-4444-555555555555",
        "act": "open",
        "handover": HANDOVER,
        "part": "content.json",
        "place": 2,
        "prev": first.digest,
        "purpose": "",
    }


def test_the_purpose_is_sealed() -> None:
    (one,) = chain(1)
    assert b"Zebedee" not in one.data
    assert open_purpose(one.data, KEY) == "To prepare visit 0 to Zebedee"
    refused(lambda: open_purpose(one.data, OTHER_KEY), "box-broken")


def test_a_purpose_belongs_to_its_entry() -> None:
    first, second = (json.loads(one.data) for one in chain(2))
    moved = strictjson.canonical({**second, "purpose": first["purpose"]})
    refused(lambda: open_purpose(moved, KEY), "box-broken")


@pytest.mark.parametrize("index", range(6))
def test_every_flipped_byte_is_found_at_its_place(index: int) -> None:
    for place in range(len(ENTRIES[index])):
        changed = bytearray(ENTRIES[index])
        changed[place] ^= 1
        entries = [*ENTRIES[:index], bytes(changed), *ENTRIES[index + 1 :]]
        known = verify_chain(ENTRIES)
        error = refused(partial(verify_chain, entries, known=known), "access-log-broken")
        assert error.pointer in (f"/{index}", f"/{index + 1}")


@pytest.mark.parametrize(
    ("entries", "pointer"),
    [
        (ENTRIES[1:], "/0"),
        ([*ENTRIES[:2], *ENTRIES[3:]], "/2"),
        ([*ENTRIES[:2], ENTRIES[3], ENTRIES[2], *ENTRIES[4:]], "/2"),
        ([*ENTRIES, ENTRIES[-1]], "/6"),
        ([ENTRIES[0], *ENTRIES], "/1"),
        ([*ENTRIES[:3], b"", *ENTRIES[4:]], "/3"),
        ([b"[" * 100_000], "/0"),
        ([b"x" * 100_000], "/0"),
        ([ENTRIES[0].replace(b'"act":"open"', b'"act":"burn"')], "/0"),
        ([ENTRIES[0] + b"\n"], "/0"),
    ],
)
def test_the_first_bad_place(entries: list[bytes], pointer: str) -> None:
    assert refused(lambda: verify_chain(entries), "access-log-broken").pointer == pointer


@given(st.permutations(range(6)))
def test_no_other_order(order: list[int]) -> None:
    held = code(lambda: verify_chain([ENTRIES[place] for place in order]))
    assert (held == "ok") == (order == sorted(order))


def test_a_chain_that_was_cut_or_written_anew() -> None:
    known = verify_chain(ENTRIES[:4])
    assert verify_chain(ENTRIES, known=known) == verify_chain(ENTRIES)
    assert verify_chain(ENTRIES[:4], known=known) == known
    refused(lambda: verify_chain(ENTRIES[:3], known=known), "access-log-cut")
    refused(lambda: verify_chain([], known=known), "access-log-cut")
    anew = [one.data for one in chain(6)]
    assert refused(lambda: verify_chain(anew, known=known), "access-log-broken").pointer == "/3"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"act": "print"}, "ok"),
        ({"act": "look"}, "bad"),
        ({"who": "Ann Example"}, "bad"),
        ({"who": ""}, "bad"),
        ({"part": "attachments/0001"}, "ok"),
        ({"part": "Minutes of Zebedee.pdf"}, "bad"),
        ({"handover": "1"}, "bad"),
    ],
)
def test_no_words_about_people_in_clear(changes: dict[str, Any], expected: str) -> None:
    assert code(lambda: access(**changes)) == expected


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("é" * 2_000, "ok"),
        ("\U0001f600" * 2_000, "ok"),
        ("a" * 2_001, "access-purpose"),
        ("", "access-purpose"),
        (" \n", "access-purpose"),
        ("\ud800", "access-purpose"),
    ],
)
def test_a_purpose_is_stated(purpose: str, expected: str) -> None:
    assert code(lambda: entry(START, access(), purpose, KEY)) == expected


def test_an_entry_of_the_longest_purpose_can_be_read() -> None:
    one = entry(START, access(), "\U0001f600" * 2_000, KEY)
    assert open_purpose(one.data, KEY) == "\U0001f600" * 2_000
    assert verify_chain([one.data]) == one.head
