"""The page about the rules is made from the rules."""

from pathlib import Path
from typing import get_args

from app.casefile.readiness import FINDINGS, RULES, Finding
from app.casefile.readiness.findings import SEVEN
from app.casefile.readiness.table import text

PAGE = Path(__file__).parents[3] / "openapi" / "readiness.md"


def test_the_page_is_this_version_s() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "python -m app.casefile.readiness.table"


def test_a_row_has_its_six_cells() -> None:
    rows = [line for line in text().splitlines() if line.startswith("| `")]
    assert len(rows) == len(RULES) + len(FINDINGS)
    assert {row.count(" | ") for row in rows[len(FINDINGS) :]} == {5}


def test_every_finding_has_a_sentence_and_a_rule() -> None:
    assert set(FINDINGS) == set(get_args(Finding)) == {rule.finding for rule in RULES}
    assert len(SEVEN) == 7
