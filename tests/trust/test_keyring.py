import base64
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from app.crypto import base64url, strictjson
from app.trust import forms, keyfile
from app.trust.authority import Authority
from app.trust.keyring import ACCEPTANCE, LEAD, SIGNING, Keyring, SecretKey
from tests.trust.making import DAY, NOW, authority, code, keyring, members, refused

RING = keyring()
SECOND = timedelta(seconds=1)
QUICK = 1
"""scrypt's work factor in tests."""


def secrets(ring: Keyring) -> list[bytes]:
    seeds = [seed for one in ring.signing for seed in one.seeds.seeds]
    assert ring.root
    ages = [one.key.to_string().encode() for one in (*ring.bundle, *ring.archive)]
    own = [ring.label_key.raw, ring.match_key.raw, ring.draft.to_string().encode()]
    return [*seeds, *ring.root.seeds, *ages, *own]


def assert_nothing_secret(text: str, ring: Keyring) -> None:
    for secret in secrets(ring):
        spellings = (
            secret.decode("latin-1"),
            repr(secret)[2:-1],
            secret.hex(),
            base64url.encode(secret),
            base64.b64encode(secret).decode(),
            repr(list(secret)),
        )
        assert not any(spelling in text for spelling in spellings)


def test_private_keys_show_themselves_nowhere() -> None:
    ring = RING.rotate(NOW)
    parts: list[Any] = [ring, *ring.signing, *ring.bundle, ring.root, ring.draft, ring.label_key]
    for part in parts:
        for text in (repr(part), str(part), f"{part}", repr([part]), repr(dict(ring))):
            assert_nothing_secret(text, ring)


def test_a_card_has_nothing_private() -> None:
    own = authority(RING.rotate(NOW))
    assert_nothing_secret(forms.data(own).decode(), RING.rotate(NOW))


def test_errors_have_nothing_private() -> None:
    value = forms.value(RING)
    for name in value:
        changed = strictjson.canonical(
            {"keyring": {**value, name: [value[name], value[name]]}, "unencrypted": "demo"}
        )
        error = refused(partial(keyfile.load_unencrypted, changed), "keyring-form")
        assert_nothing_secret(f"{error!r} {error.pointer}", RING)
        assert error.__context__ is None


def test_a_new_keyring_works_at_once() -> None:
    ring = Keyring.create("gss:E99000001", NOW)
    assert ring.signing_keys(NOW).public == ring.public_keysets()[0].keys
    assert authority(ring).recipient(NOW) == ring.identities()[0].recipient
    assert len(set(secrets(ring))) == len(secrets(ring)) == 9
    assert not set(secrets(ring)) & set(secrets(RING))


def test_a_keyring_is_of_an_authority() -> None:
    refused(lambda: Keyring.create("Fictional", NOW), "keyring-form")


def test_rotation_leaves_time_for_the_new_card() -> None:
    ring = RING.rotate(NOW + 300 * DAY)
    old, new = ring.signing
    use = NOW + 300 * DAY + LEAD
    assert ring.keyset(use - SECOND) == old
    assert ring.keyset(use) == new
    assert [one.key for one in ring.bundle[:1]] == [RING.bundle[0].key]
    assert ring.identities() == (ring.bundle[1].key, ring.bundle[0].key)
    assert ring.archive_identities()[0] == ring.archive[1].key
    assert (ring.label_key, ring.match_key, ring.root) == (
        RING.label_key,
        RING.match_key,
        RING.root,
    )
    card = authority(ring)
    assert card.recipient(use - SECOND) == ring.bundle[0].key.recipient
    assert card.recipient(use) == ring.bundle[1].key.recipient


def test_rotation_in_an_emergency_counts_at_once() -> None:
    ring = RING.rotate(NOW + DAY, timedelta(0))
    assert ring.keyset(NOW + DAY) == ring.signing[1]


def test_an_emergency_comes_before_what_was_made_for_later() -> None:
    ring = keyring().rotate(NOW + DAY).rotate(NOW + 2 * DAY, timedelta(0))
    now = NOW + 2 * DAY
    assert [one.sign_from for one in ring.signing] == [NOW, now, NOW + DAY + LEAD]
    assert ring.keyset(now).sign_from == now
    assert [one.seal_from for one in ring.public_recipients()] == [now, NOW + DAY + LEAD]


def test_keys_of_one_second_come_one_after_the_other() -> None:
    ring = keyring().rotate(NOW, timedelta(0))
    assert ring.bundle[1].seal_from == NOW + timedelta(seconds=1)
    assert authority(ring).recipients


def test_a_revoked_keyset_signs_no_more_and_the_card_says_so() -> None:
    ring = RING.rotate(NOW, timedelta(0))
    old, new = ring.signing
    taken = ring.revoke(new.id, NOW + DAY, since=NOW, compromised=True)
    assert taken.keyset(NOW + DAY).id == old.id
    first, second = taken.public_keysets()
    assert first.revoked is None
    assert second.revoked
    assert (second.revoked.at, second.revoked.since) == (NOW + DAY, NOW)
    none = taken.revoke(old.id, NOW, since=NOW, compromised=False)
    refused(lambda: none.keyset(NOW), "keyring-no-keyset")
    refused(
        lambda: ring.revoke("a" * 26, NOW, since=NOW, compromised=True), "keyring-no-such-keyset"
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), "ok"),
        (SIGNING - SECOND, "ok"),
        (SIGNING, "keyring-no-keyset"),
        (-SECOND, "keyring-no-keyset"),
    ],
)
def test_keys_have_their_time(after: timedelta, expected: str) -> None:
    assert code(lambda: RING.signing_keys(NOW + after)) == expected


def test_others_accept_for_longer_than_we_sign() -> None:
    (keyset,) = RING.public_keysets()
    assert keyset.accept_until - keyset.sign_until == ACCEPTANCE


def test_a_card_names_the_newest_two_recipients() -> None:
    ring = RING.rotate(NOW).rotate(NOW + 100 * DAY)
    made = ring.public_recipients()
    assert [one.key for one in made] == [one.key.recipient.to_string() for one in ring.bundle[1:]]
    assert [one.seal_until for one in made] == [ring.bundle[2].seal_from, None]
    assert forms.read(Authority, strictjson.canonical(members(ring)), "bad")


# At rest


def test_locked_and_unlocked() -> None:
    locked = keyfile.lock(RING, "correct horse battery staple", log_n=QUICK)
    assert locked.startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert b"gss:E99000001" not in locked
    again = keyfile.unlock(locked, "correct horse battery staple")
    assert secrets(again) == secrets(RING)
    assert forms.data(again) == forms.data(RING)


@pytest.mark.parametrize("passphrase", ["", "correct", "Correct horse", "correct horse ", "\udcff"])
def test_another_passphrase(passphrase: str) -> None:
    locked = keyfile.lock(RING, "correct horse", log_n=QUICK)
    error = refused(lambda: keyfile.unlock(locked, passphrase), "keyring-passphrase")
    assert "horse" not in str(error)


def test_a_passphrase_typed_on_another_keyboard() -> None:
    locked = keyfile.lock(RING, "caf\u00e9", log_n=QUICK)
    assert keyfile.unlock(locked, "cafe\u0301").authority == RING.authority


def test_every_flipped_byte_of_the_file_is_noticed() -> None:
    locked = keyfile.lock(RING, "x", log_n=QUICK)
    for place in range(0, len(locked), 7):
        flipped = bytearray(locked)
        flipped[place] ^= 1
        assert code(partial(keyfile.unlock, bytes(flipped), "x")) != "ok", place


@pytest.mark.parametrize("data", [b"", b"{}", b"age-encryption.org/v1\n"])
def test_a_file_that_is_no_keyring(data: bytes) -> None:
    assert code(lambda: keyfile.unlock(data, "x")) == "age-header-malformed"


def test_a_file_that_is_too_long() -> None:
    locked = keyfile.lock(RING, "x", log_n=QUICK)
    refused(lambda: keyfile.unlock(locked + bytes(keyfile.LIMIT), "x"), "keyring-form")


@pytest.mark.parametrize("name", ["signing", "bundle", "archive"])
def test_keys_stand_in_the_order_of_their_use(name: str) -> None:
    value = forms.value(RING.rotate(NOW + DAY))
    kept = value[name]
    assert isinstance(kept, list)
    turned: strictjson.JsonValue = {**value, name: kept[::-1]}
    data = strictjson.canonical({"keyring": turned, "unencrypted": "demo"})
    refused(lambda: keyfile.load_unencrypted(data), "keyring-form")


def test_in_clear_only_when_it_says_so() -> None:
    data = keyfile.dump_unencrypted(RING)
    assert data.endswith(b'"unencrypted":"demo"}')
    assert forms.data(keyfile.load_unencrypted(data)) == forms.data(RING)
    assert code(lambda: keyfile.unlock(data, "x")) != "ok"
    for silent in (
        forms.data(RING),
        data.replace(b"demo", b"yes"),
        data.replace(b'"unencrypted":"demo"', b'"unencrypted":null'),
        data[:-1] + b',"v":1}',
        b"[]",
        b"",
    ):
        refused(partial(keyfile.load_unencrypted, silent), "keyring-form")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("label_key", "AAAA"),
        ("label_key", 1),
        ("match_key", base64url.encode(bytes(33))),
        ("draft", "AGE-SECRET-KEY-PQ-1ABC"),
        ("draft", None),
        ("root", ["AAAA", "AAAA"]),
        ("root", "x"),
        ("signing", []),
        ("bundle", []),
        ("archive", []),
        ("v", 2),
        ("authority", ""),
    ],
)
def test_other_forms(name: str, wrong: Any) -> None:
    value: strictjson.JsonValue = {**forms.value(RING), name: wrong}
    data = strictjson.canonical({"keyring": value, "unencrypted": "demo"})
    refused(lambda: keyfile.load_unencrypted(data), "keyring-form")


def test_an_authority_may_follow_a_root_of_others() -> None:
    value = {**forms.value(RING), "root": None}
    data = strictjson.canonical({"keyring": value, "unencrypted": "demo"})
    assert keyfile.load_unencrypted(data).root is None


def test_secret_keys_are_32_bytes() -> None:
    refused(lambda: SecretKey(b"short"), "keyring-form")
