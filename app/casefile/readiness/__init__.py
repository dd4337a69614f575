"""Readiness: what a case file lacks, each with the question that a reviewer would ask.

    missing(case_file, on) → the gaps, by rule and then in the order of the file
    in_order(gaps)         → the most serious first, as people read them
    RULES                  → every rule; openapi/readiness.md lists them

Nothing here stops a handover: a gap is answered, explained (a gap of the case file, or a document
reference), or travels as declared. What has been explained does not come back, except what was
promised for a day that has passed.

**A handover by document** has children, documents and hardly anything typed. There, each rule would
find its own absence and say so: a wall, and mostly false. So the rules that look in a section are
left out while it is empty and a document of a kind that may hold it is attached (in_documents.py),
and one question takes their place: where in the documents is it (documents.py)? A reference to the
page answers that. What no attached document can hold is missing all the same.
"""

from datetime import date
from itertools import islice

from app.casefile.model import CaseFile
from app.casefile.model.base import MAX_MANY
from app.casefile.readiness import (
    chronology,
    concerns,
    documents,
    heard,
    meetings,
    moves,
    neglect,
    network,
    outcomes,
    people,
    places,
    plans,
    professionals_only,
    readings,
    risk,
    seen,
    siblings,
    work,
)
from app.casefile.readiness.case import Case
from app.casefile.readiness.explained import Explained
from app.casefile.readiness.findings import FINDINGS, Finding
from app.casefile.readiness.rule import Missing, Rule, Seriousness, in_order

__all__ = [
    "FINDINGS", "MOST", "RULES", "Finding", "Missing", "Rule", "Seriousness", "in_order", "missing",
]  # fmt: skip

_NOUNS = (
    concerns, heard, seen, risk, plans, outcomes, people, readings, neglect, meetings,
    professionals_only, chronology, network, moves, work, places, siblings, documents,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(
    one for noun in _NOUNS for one in vars(noun).values() if isinstance(one, Rule)
)
"""Every rule: noun by noun, and in the order of each file."""

MOST = MAX_MANY
"""What `missing` returns at most: as much as a case file can declare. Where there is more, the most
serious are kept."""
_TRIED = 2 * MOST
"""Places of one rule that are looked at: a thousand concerns about a thousand children are
small, and would be a million."""


def missing(case_file: CaseFile, on: date) -> tuple[Missing, ...]:
    """What the case file lacks on a day: by rule, then in the order of the file; at most `MOST`.

    Nothing, where no living child is handed over: a sibling named for information only, or a child
    who died, is asked nothing about.
    """
    case, explained = Case(case_file, on), Explained(case_file, on)
    if not case.children:
        return ()
    found = [
        one
        for rule in RULES
        if not case.left_to_documents(rule.looks_in)
        for one in map(rule.missing, islice(rule.function(case), _TRIED))
        if not explained.covers(one)
    ]
    if len(found) <= MOST:
        return tuple(found)
    kept = {id(one) for one in in_order(found)[:MOST]}
    return tuple(one for one in found if id(one) in kept)
