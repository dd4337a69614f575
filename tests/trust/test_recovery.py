"""Two secrets open a recovery file, and nothing less does."""

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trust.recovery import LIMIT, new_secret, open_, seal, spelt
from tests.trust.making import code, refused

QUICK = 1
ONE, OTHER, THIRD = "00000-00000-00000-00000-00001", new_secret(), new_secret()
PASSPHRASE = "correct horse—café"
FILE = seal(PASSPHRASE, ONE, OTHER, log_n=QUICK)


def test_both_in_either_order() -> None:
    assert open_(FILE, ONE, OTHER) == PASSPHRASE
    assert open_(FILE, OTHER, ONE) == PASSPHRASE


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (ONE, ONE, "One of the two secrets is right"),
        (ONE, THIRD, "One of the two secrets is right"),
        (THIRD, ONE, "One of the two secrets is right"),
        (OTHER, OTHER, "do not open"),
        (OTHER, THIRD, "do not open"),
        (THIRD, THIRD, "do not open"),
        ("", "", "do not open"),
        (PASSPHRASE, PASSPHRASE, "do not open"),
    ],
    ids=["1 1", "1 3", "3 1", "2 2", "2 3", "3 3", "none", "the passphrase"],
)
def test_no_one_alone(one: str, other: str, says: str) -> None:
    assert says in refused(lambda: open_(FILE, one, other), "recovery-secret").detail


def test_every_flipped_byte_is_noticed() -> None:
    for place in range(len(FILE)):
        flipped = bytearray(FILE)
        flipped[place] ^= 1
        assert code(partial(open_, bytes(flipped), ONE, OTHER)) != "ok", place


@pytest.mark.parametrize("cut", [0, 1, 100, len(FILE) - 1])
def test_a_part_of_a_file_is_none(cut: int) -> None:
    assert code(lambda: open_(FILE[:cut], ONE, OTHER)) != "ok"


def test_what_is_no_recovery_file() -> None:
    refused(lambda: open_(FILE + bytes(LIMIT), ONE, OTHER), "recovery-form")


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    letters = set("".join(secrets))
    assert letters == {*"0123456789abcdefghjkmnpqrstvwxyz", "-"}
    assert {len(one.replace("-", "")) * 5 for one in secrets} == {125}, "bits"


@given(st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=25, max_size=25), st.randoms())
def test_a_secret_is_typed_as_people_type(letters: str, random: Random) -> None:
    secret = spelt(letters)
    assert spelt(secret) == secret
    typed = "".join(
        random.choice(["", "", " ", "-", " – ", "\t"])
        + random.choice([one, one.upper(), {"1": "l", "0": "O"}.get(one, one)])
        for one in letters
    )
    assert spelt(f" {typed}\n") == secret


@pytest.mark.parametrize(
    "typed", ["", "0" * 24, "0" * 26, "u" * 25, "é" * 25, "_" * 25, "0" * 24 + "!", "٣" * 25]
)
def test_what_is_no_secret(typed: str) -> None:
    refused(lambda: spelt(typed), "recovery-secret-form")
