"""The vectors of statements: steps 1 to 8 of receiving, and what they leave behind."""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from app.errors import CaseHandoverError
from app.flows import receive
from app.handover.statement import Statement, from_envelope
from app.trust.directory import Directory, Roots, reopen_directory
from app.trust.envelope import verify_statement
from tests.flows import acts
from tests.flows.conftest import Two
from tests.handover import make
from tests.trust.making import refused
from tests.vectors import make_statement
from tests.vectors.files import Vector, folder

FOLDER = Path(__file__).parents[1] / "vectors" / "statement"
VECTORS = folder(FOLDER)


def given() -> Directory:
    roots = Roots.model_validate_json((FOLDER / "given" / "roots.json").read_bytes())
    return reopen_directory((FOLDER / "given" / "directory.jws").read_bytes(), roots)


DIRECTORY = given()


def judged(vector: Vector) -> Statement:
    now = datetime.fromisoformat(vector.one("now"))
    verified = verify_statement(
        vector.file, DIRECTORY, now, recipients=frozenset({vector.one("to")})
    )
    statement = from_envelope(verified)
    receive._check_clock(statement, now)
    return statement


def outcome(vector: Vector) -> str:
    """`ok`, `held`, or the code of the step that refuses."""
    try:
        return "ok" if judged(vector).body else "held"
    except CaseHandoverError as error:
        return error.code


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_vector(vector: Vector) -> None:
    assert outcome(vector) == vector.one("expect")


def test_the_vectors_are_those_of_their_maker() -> None:
    made = {(f"{one.name}.txt", one.expect) for one in make_statement.vectors()}
    assert made == {(one.name, one.one("expect")) for one in VECTORS}


def test_nothing_is_stored_for_what_does_not_prove_itself(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every refused vector at a real door, judged by the directory of the vectors."""
    monkeypatch.setattr(receive, "directory_of", lambda uow, site: DIRECTORY)
    before = acts.everything(two.receiver)
    tried = 0
    for vector in VECTORS:
        if vector.one("expect") not in ("ok", "held") and vector.one("to") == make.RECEIVER:
            two.clock.now = datetime.fromisoformat(vector.one("now"))
            refused(partial(receive.statement, two.receiver, vector.file), vector.one("expect"))
            tried += 1
    assert tried > 40
    assert acts.everything(two.receiver) == before


def test_what_may_pass_later_says_so() -> None:
    retryable = {"key-unknown", "key-not-yet-valid", "directory-expired", "clock-ahead"}
    for vector in VECTORS:
        if vector.one("expect") not in ("ok", "held"):
            error = refused(partial(judged, vector), vector.one("expect"))
            assert error.retryable == (error.code in retryable), vector.name
