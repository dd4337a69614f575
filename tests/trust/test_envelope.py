from datetime import timedelta
from typing import Any

import pytest

from app.crypto import jws
from app.crypto.jwk import SigningKeys
from app.trust.directory import Directory
from app.trust.envelope import LIMIT, TYP, sign_statement, verify_statement
from tests.trust.making import DAY, NOW, authority, directory, keyring, refused

OURS, OTHER = keyring("gss:E99000001"), keyring("gss:E99000002")
PAYLOAD: dict[str, Any] = {"from": "gss:E99000001", "kind": "example", "v": 1}
BOTH = directory(authority(OURS), authority(OTHER))


def test_signed_then_verified() -> None:
    signed = sign_statement(PAYLOAD, OURS, NOW)
    verified = verify_statement(signed.wire, BOTH, NOW)
    assert verified.value == PAYLOAD
    assert (verified.payload, verified.digest) == (signed.payload, signed.digest)
    assert verified.wire == signed.wire
    assert verified.authority == BOTH.authority("gss:E99000001")
    assert verified.keyset_id == OURS.signing[0].id


def test_a_stranger_may_try_again_with_a_newer_directory() -> None:
    wire = sign_statement(PAYLOAD, OURS, NOW).wire
    error = refused(lambda: verify_statement(wire, directory(authority(OTHER)), NOW), "key-unknown")
    assert error.retryable


def test_two_keys_of_two_authorities() -> None:
    mixed = SigningKeys(OURS.signing_keys(NOW).ed25519, OTHER.signing_keys(NOW).mldsa65)
    wire = jws.sign(PAYLOAD, TYP, mixed).wire
    refused(lambda: verify_statement(wire, BOTH, NOW), "key-mixed")


def test_two_keys_of_two_keysets_of_one_authority() -> None:
    rotated = OURS.rotate(NOW)
    old, new = (one.seeds for one in rotated.signing)
    wire = jws.sign(PAYLOAD, TYP, SigningKeys(old.ed25519, new.mldsa65)).wire
    known = directory(authority(rotated))
    refused(lambda: verify_statement(wire, known, NOW), "key-mixed")


def test_one_known_key_and_one_unknown() -> None:
    mixed = SigningKeys(OURS.signing_keys(NOW).ed25519, SigningKeys.generate().mldsa65)
    wire = jws.sign(PAYLOAD, TYP, mixed).wire
    refused(lambda: verify_statement(wire, BOTH, NOW), "key-unknown")


@pytest.mark.parametrize("claimed", ["gss:E99000002", "gss:E99000009", "", None, 1, ["x"]])
def test_nobody_speaks_for_another(claimed: Any) -> None:
    wire = sign_statement({**PAYLOAD, "from": claimed}, OURS, NOW).wire
    refused(lambda: verify_statement(wire, BOTH, NOW), "statement-from-other")


def test_a_statement_from_nobody() -> None:
    wire = sign_statement({"v": 1}, OURS, NOW).wire
    refused(lambda: verify_statement(wire, BOTH, NOW), "statement-from-other")


def test_another_type_of_document() -> None:
    wire = jws.sign(PAYLOAD, "case-handover-card+jws", OURS.signing_keys(NOW)).wire
    refused(lambda: verify_statement(wire, BOTH, NOW), "jws-typ")


def test_a_payload_is_at_most_64_kib() -> None:
    frame = len(sign_statement({**PAYLOAD, "x": ""}, OURS, NOW).payload)
    longest = sign_statement({**PAYLOAD, "x": "a" * (LIMIT - frame)}, OURS, NOW)
    assert len(verify_statement(longest.wire, BOTH, NOW).payload) == 65_536
    over = {**PAYLOAD, "x": "a" * (LIMIT - frame + 1)}
    refused(lambda: sign_statement(over, OURS, NOW), "statement-too-large")
    longer = jws.sign(over, TYP, OURS.signing_keys(NOW))
    refused(lambda: verify_statement(longer.wire, BOTH, NOW), "jws-too-large")


@pytest.mark.parametrize("key", ["ed25519", "mldsa65"])
def test_known_kids_and_other_keys(key: str) -> None:
    """What a thief of one key can do, or a breaker of one algorithm: nothing."""
    good = sign_statement(PAYLOAD, OURS, NOW).wire
    signature = -2 if key == "ed25519" else -1
    parts = good.split(b'"signature":"')
    parts[signature] = b"A" * 40 + parts[signature][40:]
    wire = b'"signature":"'.join(parts)
    refused(lambda: verify_statement(wire, BOTH, NOW), f"jws-signature-{key}")


def succession(valid_to: str) -> Directory:
    ended = authority(OTHER, valid_to=valid_to, successor="gss:E99000001")
    return directory(authority(OURS), ended)


def test_a_successor_speaks_for_whom_it_succeeded_from_that_day_on() -> None:
    payload = {**PAYLOAD, "from": "gss:E99000002"}
    wire = sign_statement(payload, OURS, NOW).wire
    verified = verify_statement(wire, succession("2026-03-02T09:00:00Z"), NOW)
    assert verified.authority.identifier == "gss:E99000001"
    later = succession("2026-03-02T09:00:01Z")
    refused(lambda: verify_statement(wire, later, NOW), "statement-from-other")


def test_what_an_ended_authority_signed_still_counts_while_its_keys_do() -> None:
    wire = sign_statement({**PAYLOAD, "from": "gss:E99000002"}, OTHER, NOW).wire
    verified = verify_statement(wire, succession("2026-03-01T00:00:00Z"), NOW)
    assert verified.authority.identifier == "gss:E99000002"


def test_an_authority_may_use_any_of_its_names() -> None:
    known = directory(authority(OURS, other_identifiers=["ods:X99"]))
    wire = sign_statement({**PAYLOAD, "from": "ods:X99"}, OURS, NOW).wire
    assert verify_statement(wire, known, NOW).authority.identifier == "gss:E99000001"


def test_the_claimed_date_does_not_help_an_old_key() -> None:
    wire = sign_statement({**PAYLOAD, "at": "2026-03-02T09:00:00Z"}, OURS, NOW).wire
    late = OURS.public_keysets()[0].accept_until
    known = directory(authority(OURS), expires=late + DAY)
    assert verify_statement(wire, known, late - timedelta(seconds=1))
    refused(lambda: verify_statement(wire, known, late), "key-expired")
