import re

from app.crypto import ids


def test_new_ids_have_the_one_form_and_differ() -> None:
    made = {ids.new_id() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(re.search(ids.ID_PATTERN, text) for text in made)
    assert {text[-1] for text in made} == set("aeimquy4")
    assert {character for text in made for character in text[:25]} == set(
        "abcdefghijklmnopqrstuvwxyz234567"
    )


def test_digest() -> None:
    # FIPS 180-4 example, as NIST publishes it.
    assert ids.digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert re.search(ids.DIGEST_PATTERN, ids.digest(b""))
