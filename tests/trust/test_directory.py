import itertools
import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from app.crypto import jws
from app.crypto.jwk import SigningKeys, VerifyingKeys
from app.errors import NotFound
from app.trust import forms
from app.trust.directory import (
    GRACE,
    TYP,
    Directory,
    DirectoryDocument,
    Roots,
    countersign_directory,
    reopen_directory,
    sign_directory,
    verify_directory,
)
from tests.trust.making import (
    DAY,
    NOW,
    ROOT,
    ROOTS,
    authority,
    code,
    directory,
    document,
    keyring,
    members,
    refused,
    spoilt,
)
from tests.vectors.make_jws import keys

OURS, OTHER = keyring("gss:E99000001"), keyring("gss:E99000002")
MINUTE = timedelta(minutes=1)
KIDS = OURS.signing[0].seeds.public.kids


def wire(**changes: Any) -> bytes:
    return sign_directory(document(authority(OURS), **changes), ROOT).wire


def verify(data: bytes, current: Directory | None = None, now: datetime = NOW) -> Directory:
    return verify_directory(data, ROOTS, current=current, now=now)


def test_a_first_directory() -> None:
    first = verify(wire())
    assert first.version == 1
    assert first.authority("gss:E99000001").name == "Fictional authority gss:E99000001"
    assert first.keyset_for(KIDS) == (first.authority("gss:E99000001"), OURS.public_keysets()[0])
    with pytest.raises(NotFound):
        first.authority("gss:E99000002")


@pytest.mark.parametrize(
    ("current", "arrives", "expected"),
    [
        (None, {"version": 7}, "ok"),
        (7, {"version": 8}, "ok"),
        (7, {"version": 900}, "ok"),
        (7, {"version": 7}, "ok"),
        (7, {"version": 6}, "directory-rollback"),
        (7, {"version": 1, "issued": NOW}, "directory-rollback"),
        (7, {"version": 7, "issued": NOW - 2 * DAY}, "directory-equivocation"),
        (7, {"version": 8, "issued": NOW + 5 * MINUTE}, "ok"),
        (7, {"version": 8, "issued": NOW + 6 * MINUTE}, "directory-not-yet-issued"),
        (7, {"version": 8, "expires": NOW}, "directory-expired"),
        (7, {"version": 8, "expires": NOW + MINUTE}, "ok"),
        (None, {"expires": NOW}, "directory-expired"),
        (7, {"version": 6, "expires": NOW}, "directory-rollback"),
    ],
)
def test_what_may_follow(current: int | None, arrives: dict[str, Any], expected: str) -> None:
    before = directory(authority(OURS), version=current) if current else None
    assert code(lambda: verify(wire(**arrives), before)) == expected


def test_what_may_be_tried_again() -> None:
    before = directory(authority(OURS), version=7)
    assert refused(lambda: verify(wire(version=6), before), "directory-rollback").retryable
    same = wire(version=7, issued=NOW - 9 * DAY)
    assert not refused(lambda: verify(same, before), "directory-equivocation").retryable


def test_the_directory_in_use_stays_in_use_when_it_comes_again() -> None:
    before = directory(authority(OURS))
    again = sign_directory(before.document, ROOT).wire
    assert again != before.wire
    assert verify(again, before, NOW + 900 * DAY) is before


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (-1, "fresh"),
        (0, "grace"),
        (GRACE.total_seconds() - 1, "grace"),
        (GRACE.total_seconds(), "expired"),
    ],
)
def test_standing(now: float, standing: str) -> None:
    expires = NOW + 100 * DAY
    assert directory(expires=expires).standing(expires + timedelta(seconds=now)) == standing


def judged(now: datetime, expires: datetime, **changes: Any) -> str:
    keyset = {
        **members(OURS)["keysets"][0],
        "sign_from": forms.stamp(NOW),
        "sign_until": forms.stamp(NOW + 100 * DAY),
        "accept_until": forms.stamp(NOW + 130 * DAY),
        **changes,
    }
    known = directory(authority(OURS, keysets=[keyset]), expires=expires)
    return code(lambda: known.judge(KIDS, now))


def revoked(since: datetime, *, compromised: bool = False) -> dict[str, Any]:
    at, from_ = forms.stamp(NOW), forms.stamp(since)
    return {"at": at, "since": from_, "compromised": compromised}


@pytest.mark.parametrize(
    ("day", "changes", "expected"),
    [
        (0, {}, "ok"),
        (-1, {}, "key-not-yet-valid"),
        (99, {}, "ok"),
        (101, {}, "ok"),
        (129, {}, "ok"),
        (130, {}, "key-expired"),
        (1, {"revoked": revoked(NOW + 2 * DAY)}, "ok"),
        (2, {"revoked": revoked(NOW + 2 * DAY)}, "key-revoked"),
        (129, {"revoked": revoked(NOW + 2 * DAY)}, "key-revoked"),
        (131, {"revoked": revoked(NOW + 2 * DAY)}, "key-revoked"),
        (-1, {"revoked": revoked(NOW + 2 * DAY)}, "key-not-yet-valid"),
        (1, {"revoked": revoked(NOW + 2 * DAY, compromised=True)}, "key-compromised"),
        (3, {"revoked": revoked(NOW + 2 * DAY, compromised=True)}, "key-compromised"),
        (131, {"revoked": revoked(NOW - 2 * DAY, compromised=True)}, "key-compromised"),
    ],
)
def test_standing_of_a_key(day: int, changes: dict[str, Any], expected: str) -> None:
    assert judged(NOW + day * DAY, NOW + 300 * DAY, **changes) == expected


@pytest.mark.parametrize(("before", "expected"), [(5, "ok"), (6, "key-not-yet-valid")])
def test_clocks_differ_by_five_minutes_at_most(before: int, expected: str) -> None:
    assert judged(NOW - before * MINUTE, NOW + 300 * DAY) == expected


@pytest.mark.parametrize(
    ("day", "sign_from", "expected"),
    [
        (39, 0, "ok"),
        (40, 0, "ok"),
        (69, 0, "ok"),
        (70, 0, "directory-expired"),
        (69, 39, "ok"),
        (69, 40, "directory-expired"),
        (70, 69, "directory-expired"),
    ],
)
def test_an_expired_directory_vouches_for_the_keys_it_knew(
    day: int, sign_from: int, expected: str
) -> None:
    start = forms.stamp(NOW + sign_from * DAY)
    assert judged(NOW + day * DAY, NOW + 40 * DAY, sign_from=start) == expected


def test_unknown_keys_are_retryable_and_mixed_ones_are_not() -> None:
    known = directory(authority(OURS), authority(OTHER))
    stranger = keys("stranger").public.kids
    theirs = OTHER.signing[0].seeds.public.kids
    assert refused(lambda: known.judge(stranger, NOW), "key-unknown").retryable
    assert refused(lambda: known.judge((KIDS[0], stranger[1]), NOW), "key-unknown").retryable
    assert not refused(lambda: known.judge((KIDS[0], theirs[1]), NOW), "key-mixed").retryable
    refused(lambda: known.judge((KIDS[1], KIDS[0]), NOW), "key-mixed")
    refused(lambda: known.judge((KIDS[0], KIDS[0]), NOW), "key-mixed")


# Roots


def several(threshold: int, *names: str) -> Roots:
    return Roots(threshold=threshold, keys=tuple(keys(name).public for name in names))


def signed_by(*names: str) -> bytes:
    data = sign_directory(document(authority(OURS)), keys(names[0])).wire
    for name in names[1:]:
        data = countersign_directory(data, keys(name)).wire
    return data


@pytest.mark.parametrize(
    ("roots", "signers", "expected"),
    [
        (several(1, "a"), ["a"], "ok"),
        (several(1, "a"), ["b"], "directory-roots"),
        (several(1, "a"), ["b", "a"], "ok"),
        (several(2, "a", "b", "c"), ["a"], "directory-roots"),
        (several(2, "a", "b", "c"), ["c", "a"], "ok"),
        (several(2, "a", "b", "c"), ["a", "d"], "directory-roots"),
        (several(2, "a", "b", "c"), ["a", "d", "b"], "ok"),
        (several(3, "a", "b", "c"), ["a", "b", "c"], "ok"),
    ],
)
def test_as_many_roots_sign_as_must(roots: Roots, signers: list[str], expected: str) -> None:
    assert code(lambda: reopen_directory(signed_by(*signers), roots)) == expected


def test_a_root_that_is_named_must_have_signed() -> None:
    forger = SigningKeys(keys("a").ed25519, SigningKeys.generate().mldsa65)
    data = sign_directory(document(authority(OURS)), forger).wire
    refused(lambda: reopen_directory(data, several(1, "a")), "directory-roots")
    broken = spoilt(signed_by("a"))
    refused(lambda: reopen_directory(broken, several(1, "a")), "jws-signature-mldsa65")


@pytest.mark.parametrize(
    ("threshold", "names"), [(0, "a"), (2, "a"), (2, "aa"), (1, "aa"), (1, ""), (1, "abcdefghi")]
)
def test_roots_that_make_no_sense(threshold: int, names: str) -> None:
    roots = {"threshold": threshold, "keys": tuple(keys(name).public for name in names)}
    refused(lambda: forms.build(Roots, roots, "roots-form"), "roots-form")


def test_two_roots_share_no_key() -> None:
    first, second = keys("a").public, keys("b").public
    shared = (first, VerifyingKeys(first.ed25519, second.mldsa65))
    refused(lambda: forms.build(Roots, {"threshold": 2, "keys": shared}, "x"), "x")


def test_roots_there_and_back() -> None:
    roots = several(2, "a", "b", "c")
    assert forms.read(Roots, forms.data(roots), "roots-form") == roots
    by_hand = json.dumps(forms.value(roots), indent=2).encode()
    assert forms.parse(Roots, by_hand, limit=99_999, code="roots-form") == roots
    refused(lambda: forms.parse(Roots, b"{}", limit=99_999, code="roots-form"), "roots-form")
    refused(lambda: forms.parse(Roots, by_hand, limit=9, code="roots-form"), "json-too-large")


def test_the_form_can_be_published() -> None:
    schema = DirectoryDocument.model_json_schema()
    assert schema["properties"]["issued"]["pattern"].endswith("Z$")
    assert schema["additionalProperties"] is False


# Documents


def test_a_document_there_and_back() -> None:
    made = document(authority(OURS), authority(OTHER))
    assert forms.read(DirectoryDocument, forms.data(made), "directory-form") == made


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"v": 2}, "/v"),
        ({"v": True}, ""),
        ({"version": 0}, "/version"),
        ({"version": True}, "/version"),
        ({"version": "1"}, "/version"),
        ({"issued": "2026-03-01"}, "/issued"),
        ({"issued": "2026-03-01T00:00:00+00:00"}, "/issued"),
        ({"issued": "2026-02-30T00:00:00Z"}, "/issued"),
        ({"issued": 0}, "/issued"),
        ({"expires": "2020-01-01T00:00:00Z"}, ""),
        ({"more": 1}, "/more"),
        ({"authorities": {}}, "/authorities"),
        ({"authorities": [members(OURS), members(OURS)]}, ""),
        ({"authorities": [members(OURS, other_identifiers=["gss:E99000002"]), members(OTHER)]}, ""),
        ({"authorities": [members(OURS), members(OTHER, keysets=members(OURS)["keysets"])]}, ""),
        ({"authorities": [{}]}, "/authorities/0/identifier"),
    ],
)
def test_a_signed_document_of_another_form(changes: dict[str, Any], pointer: str) -> None:
    value = {**forms.value(document(authority(OURS))), **changes}
    data = jws.sign(value, TYP, ROOT).wire
    assert refused(lambda: reopen_directory(data, ROOTS), "directory-form").pointer == pointer


@pytest.mark.parametrize("typ", ["case-handover-statement+jws", "case-handover-card+jws"])
def test_no_other_document_passes_for_a_directory(typ: str) -> None:
    data = jws.sign(forms.value(document(authority(OURS))), typ, ROOT).wire
    refused(lambda: verify(data), "jws-typ")


# Succession


def chain(*names: str) -> Directory:
    """Each is succeeded by the next, ten days after the one before."""
    made = []
    for days, (name, next_) in enumerate(itertools.pairwise(names)):
        ends = forms.stamp(NOW + 10 * days * DAY)
        own = keyring(name)
        made.append(authority(own, valid_to=ends, successor=next_))
    last = [authority(keyring(names[-1]))] if names[-1] not in names[:-1] else []
    return directory(*made, *last)


A, B, C = "gss:E99000001", "gss:E99000002", "gss:E99000003"


@pytest.mark.parametrize(
    ("asked", "day", "expected"),
    [(A, -1, A), (A, 0, B), (A, 9, B), (A, 10, C), (B, 0, B), (B, 10, C), (C, 99, C)],
)
def test_who_does_the_work_now(asked: str, day: int, expected: str) -> None:
    assert chain(A, B, C).current(asked, NOW + day * DAY).identifier == expected


def test_a_circle_of_successors_ends() -> None:
    assert chain(A, B, A).current(A, NOW + 99 * DAY).identifier in (A, B)


def test_a_successor_that_is_not_listed() -> None:
    gone = directory(authority(OURS, valid_to=forms.stamp(NOW), successor="gss:E99000009"))
    refused(lambda: gone.current(A, NOW), "authority-unknown")


@pytest.mark.parametrize("seed", range(20))
def test_its_names_are_those_that_it_speaks_for(seed: int) -> None:
    chance = Random(seed)
    ids = [f"gss:E9900000{number}" for number in range(9)]
    listed = []
    for at, own in enumerate(ids):
        later = chance.choice([*ids[at + 1 :], "gss:E99999999", None])
        ends = forms.stamp(NOW + chance.choice([-DAY, DAY])) if later else None
        about: dict[str, Any] = {"keysets": [], "recipients": [], "endpoint": None}
        about |= {"route": "assisted", "other_identifiers": [f"ons:{at}"]}
        listed.append(authority(identifier=own, valid_to=ends, successor=later, **about))
    found = directory(*listed)
    every = [name for one in listed for name in one.names]
    for one in listed:
        spoken_for = {name for name in every if found.speaks_for(one, name, NOW)}
        assert found.names_of(one, NOW) == spoken_for
