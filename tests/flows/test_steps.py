"""Every numbered check has a case that needs it: switched off, the case ends otherwise."""

import json
import re
from functools import cache
from itertools import count, takewhile

import pytest

from app.bundle import admit
from app.crypto import jws
from app.flows import receive
from app.flows.site import Site
from tests.bundle import test_admit
from tests.crypto import test_jws
from tests.flows import scenarios, test_statement_vectors
from tests.flows.checks import Check
from tests.flows.checks.bundles import BUNDLES
from tests.flows.checks.documents import JWS, STATEMENTS
from tests.flows.checks.stories import STORIES, WITH_THE_CHECK
from tests.flows.conftest import Two
from tests.trust.making import code
from tests.vectors import make_jws
from tests.vectors.files import Vector
from tests.vectors.make_jws import TYP

FILES = {file.name: file for file in test_jws.files()}
STATEMENT = {vector.name.removesuffix(".txt"): vector for vector in test_statement_vectors.VECTORS}
BUNDLE = {vector.name: vector for vector in test_admit.VECTORS}


@cache
def signed_by_two(name: str) -> bytes:
    """Documents of more than one signer, where two may sign."""
    one = jws.sign({"v": 1}, TYP, make_jws.SENDER)
    both = jws.countersign(jws.parse(one.wire, TYP, limit=test_jws.LIMIT), make_jws.STRANGER)
    document = json.loads(both.wire)
    places = {"turned": (2, 3, 0, 1), "twice": (0, 1, 0, 1)}[name]
    document["signatures"] = [document["signatures"][place] for place in places]
    return make_jws.dump(document)


def expected(case: str) -> str:
    """How a case ends while every check is there."""
    kind, name = case.split(":")
    vectors: dict[str, dict[str, Vector]] = {"statement": STATEMENT, "bundle": BUNDLE}
    if kind == "jws":
        return FILES[name].expect
    return vectors[kind][name].one("expect") if kind in vectors else WITH_THE_CHECK[case]


def end(case: str) -> str:
    """How a case that needs no site ends now."""
    kind, name = case.split(":")
    if kind == "jws":
        return test_jws.outcome(FILES[name].wire, test_jws.known("sender"), FILES[name].typ)
    if kind == "statement":
        return test_statement_vectors.outcome(STATEMENT[name])
    if kind == "bundle":
        return test_admit.outcome(BUNDLE[name])
    wire = b"[" * 200_000 if name == "long" else signed_by_two(name)
    return code(lambda: jws.parse(wire, TYP, limit=test_jws.LIMIT, signers=2))


def title(check: Check) -> str:
    return f"{check.number} {check.switch.name} {check.switch.old[:40]}"


@pytest.mark.parametrize("check", [*JWS, *STATEMENTS, *BUNDLES], ids=title)
def test_without_a_check_its_vectors_end_otherwise(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {case: end(case) for case in check.ends} == {case: expected(case) for case in check.ends}
    check.switch.off(monkeypatch)
    assert {case: end(case) for case in check.ends} == check.ends
    assert all(expected(case) != ends for case, ends in check.ends.items())


@pytest.mark.parametrize(
    ("check", "case"),
    [
        pytest.param(check, case, id=f"{title(check)} {case}")
        for check in STORIES
        for case in check.ends
    ],
)
def test_without_a_check_its_stories_end_otherwise(
    check: Check, case: str, two: Two, third: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    check.switch.off(monkeypatch)
    assert getattr(scenarios, case.removeprefix("story:"))(two, third) == check.ends[case]
    assert check.ends[case] != expected(case)


@pytest.mark.parametrize("case", [case for case in WITH_THE_CHECK if case.startswith("story:")])
def test_with_every_check_the_stories_end_well(case: str, two: Two, third: Site) -> None:
    assert getattr(scenarios, case.removeprefix("story:"))(two, third) == expected(case)


@pytest.mark.parametrize(
    ("text", "table", "begins"),
    [
        (jws.__doc__, JWS, 1),
        (receive.__doc__, [*STATEMENTS, *STORIES], 1),
        (f"{admit.admit.__doc__} {admit._verify.__doc__}", BUNDLES, 0),
    ],
    ids=["signed documents", "receiving", "bundles"],
)
def test_every_number_of_the_docstring_has_a_check(
    text: str, table: list[Check], begins: int
) -> None:
    said = {int(number) for number in re.findall(r"(?<![\w.])(\d{1,2})\s+[A-Za-z`]", text)}
    steps = set(takewhile(said.__contains__, count(begins)))
    assert len(steps) >= 10
    assert {int(check.number) for check in table if check.number.isdecimal()} == steps


def test_no_check_is_there_twice() -> None:
    switches = [check.switch for check in (*JWS, *BUNDLES, *STORIES)]
    assert len(set(switches)) == len(switches)
