import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import jws
from app.trust import forms
from app.trust.card import (
    TYP,
    Card,
    add_to_directory,
    confirm,
    describe,
    fingerprint,
    make_card,
    next_version,
    open_card,
)
from app.trust.directory import Roots, sign_directory, verify_directory
from tests.trust.making import DAY, NOW, authority, document, keyring, members, refused, spoilt

OURS, OTHER = keyring("gss:E99000001"), keyring("gss:E99000002")
CARD = open_card(make_card(authority(OTHER), OTHER, NOW).wire, NOW)


def test_a_card_holds_together() -> None:
    assert CARD.authority == authority(OTHER)
    assert CARD.digest == hashlib.sha256(forms.data(authority(OTHER))).hexdigest()


def test_an_authority_describes_itself_with_the_keys_of_its_keyring() -> None:
    about = members(OTHER, identifier="gss:E99000009", keysets=[], recipients=[])
    assert describe(about, OTHER) == authority(OTHER)
    refused(lambda: describe({**about, "name": ""}, OTHER), "authority-form")


def test_a_card_is_signed_with_keys_that_it_carries() -> None:
    refused(lambda: make_card(authority(OTHER), OURS, NOW), "card-other-keys")
    wire = jws.sign(forms.value(authority(OTHER)), TYP, OURS.signing_keys(NOW)).wire
    refused(lambda: open_card(wire, NOW), "card-other-keys")


def test_a_changed_card() -> None:
    wire = spoilt(make_card(authority(OTHER), OTHER, NOW).wire)
    refused(lambda: open_card(wire, NOW), "jws-signature-mldsa65")


def test_a_card_of_another_form_and_of_another_time() -> None:
    wire = jws.sign({"v": 1}, TYP, OTHER.signing_keys(NOW)).wire
    refused(lambda: open_card(wire, NOW), "card-form")
    good = make_card(authority(OTHER), OTHER, NOW).wire
    refused(lambda: open_card(good, NOW + 4000 * DAY), "key-expired")
    refused(lambda: make_card(authority(OTHER), OTHER, NOW + 4000 * DAY), "keyring-no-keyset")


def test_a_fingerprint_is_made_to_be_read_aloud() -> None:
    known = replace(CARD, digest=hashlib.sha256(b"abc").hexdigest())
    # base32 of the first 20 bytes of the NIST digest of "abc"
    assert fingerprint(known) == "XJ4B NP4P AHH6 UQKB IDPF 3LRC EOYA GYND"
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", fingerprint(CARD))


def test_the_fingerprint_covers_the_whole_card() -> None:
    said = {
        fingerprint(open_card(make_card(authority(OTHER, **changes), OTHER, NOW).wire, NOW))
        for changes in (
            {},
            {"name": "Another"},
            {"endpoint": "https://evil.example"},
            {"verified_on": "2026-03-02"},
        )
    }
    assert len(said) == 4


@given(
    st.lists(st.sampled_from(["", " ", "-", "\n", "\t", " - "]), min_size=32, max_size=32),
    st.lists(st.booleans(), min_size=32, max_size=32),
)
def test_however_it_is_typed(between: list[str], small: list[bool]) -> None:
    letters = fingerprint(CARD).replace(" ", "")
    typed = "".join(
        (letter.lower() if low else letter) + gap
        for letter, gap, low in zip(letters, between, small, strict=True)
    )
    assert confirm(CARD, typed).card is CARD


@pytest.mark.parametrize("place", range(32))
def test_one_other_character(place: int) -> None:
    letters = fingerprint(CARD).replace(" ", "")
    wrong = letters[:place] + ("A" if letters[place] != "A" else "B") + letters[place + 1 :]
    refused(lambda: confirm(CARD, wrong), "fingerprint-mismatch")


@pytest.mark.parametrize(
    "spoken",
    [
        "",
        " ",
        "é",
        fingerprint(CARD)[:-1],
        fingerprint(CARD)[:4],
        fingerprint(CARD) + "A",
        "\ud800",
    ],
    ids=["nothing", "a space", "a letter", "one less", "its start", "one more", "a surrogate"],
)
def test_anything_else(spoken: str) -> None:
    refused(lambda: confirm(CARD, spoken), "fingerprint-mismatch")


# The directory of one's own


def paired(card: Card = CARD) -> Card:
    return confirm(card, fingerprint(card)).card


def test_a_confirmed_card_becomes_an_entry() -> None:
    made = add_to_directory(None, confirm(CARD, fingerprint(CARD)), NOW)
    assert made.version == 1
    (entry,) = made.authorities
    assert entry.keysets == authority(OTHER).keysets
    assert entry.verified_on == NOW.date()
    assert OURS.root
    roots = Roots(threshold=1, keys=(OURS.root.public,))
    wire = sign_directory(made, OURS.root).wire
    known = verify_directory(wire, roots, current=None, now=NOW)
    assert known.keyset_for(OTHER.signing[0].seeds.public.kids)[0] == entry


def test_a_newer_card_takes_the_place_of_the_older() -> None:
    first = document(authority(OURS), authority(OTHER), version=4)
    rotated = OTHER.rotate(NOW)
    card = open_card(make_card(authority(rotated), rotated, NOW).wire, NOW)
    made = add_to_directory(first, confirm(card, fingerprint(card)), NOW)
    assert made.version == 5
    assert [one.identifier for one in made.authorities] == ["gss:E99000001", "gss:E99000002"]
    assert len(made.authorities[1].keysets) == 2


def test_nobody_takes_the_name_or_the_keys_of_another() -> None:
    first = document(authority(OURS))
    named = authority(OTHER, other_identifiers=["gss:E99000001"])
    card = open_card(make_card(named, OTHER, NOW).wire, NOW)
    confirmed = confirm(card, fingerprint(card))
    refused(lambda: add_to_directory(first, confirmed, NOW), "directory-form")


def test_versions_only_grow() -> None:
    made = next_version(None, (), NOW)
    for version in range(1, 5):
        assert made.version == version
        made = next_version(made, (), NOW)
