"""Each rule finds what it is for, where it is, and keeps still where nothing is missing."""

from importlib import import_module
from pathlib import Path

import pytest

from app.casefile.model import parse_case_file
from app.casefile.readiness import FINDINGS, RULES, Missing, Rule, missing
from tests.casefile.readiness.pairs import ON, Pair, Sections, made

_FILES = sorted((Path(__file__).parent / "pairs").glob("[a-z]*.py"))
PAIRS: dict[str, Pair] = {
    code: pair
    for file in _FILES
    for code, pair in import_module(f"tests.casefile.readiness.pairs.{file.stem}").PAIRS.items()
}


def found(code: str, sections: Sections) -> list[Missing]:
    return [one for one in missing(parse_case_file(made(sections)), ON) if one.code == code]


def test_every_rule_has_its_pair_and_no_pair_is_left_over() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert set(PAIRS) == set(codes)
    assert all(pair.silent for pair in PAIRS.values())


@pytest.mark.parametrize("code", PAIRS)
def test_a_rule_finds_what_is_missing(code: str) -> None:
    pair = PAIRS[code]
    for sections in (pair.found, *pair.also):
        gaps = [(gap.where, gap.child, gap.because) for gap in found(code, sections)]
        assert gaps == [(pair.where, pair.child, pair.because)]


@pytest.mark.parametrize(
    ("code", "number"),
    [(code, number) for code, pair in PAIRS.items() for number in range(len(pair.silent))],
)
def test_a_rule_keeps_still_where_nothing_is_missing(code: str, number: int) -> None:
    assert found(code, PAIRS[code].silent[number]) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_all_that_a_person_needs(rule: Rule) -> None:
    assert rule.what.endswith(".")
    assert rule.question.endswith("?")
    assert rule.source
    assert rule.finding in FINDINGS
