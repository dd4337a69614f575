"""Codes that rules name are codes of the case file, and every reason and kind is decided on."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

import pytest

from app.casefile import readiness
from app.casefile.model import codes, parse_case_file
from app.casefile.readiness import missing
from tests.casefile.readiness.pairs import CHILD, ON, made
from tests.casefile.readiness.pairs.chronology import assessed, incident
from tests.casefile.readiness.pairs.concerns import of as concern
from tests.casefile.readiness.pairs.people import also, person

KNOWN = {
    code for name in dir(codes) for code in get_args(getattr(codes, name)) if isinstance(code, str)
}
NO_REASON = {"not_yet", "not_attempted", "not_recorded", "other"}
"""Why a child was not spoken to alone: these say only that nobody did. (`other` needs words.)"""
NO_INCIDENT = {
    "referral", "assessment", "conference", "core_group", "strategy_discussion",
    "attended_appointment", "family_contact", "respite_care", "support_accepted", "positive_care",
    "supervision", "information_shared", "found",
}  # fmt: skip

CARERS = {
    "mother", "father", "adoptive_mother", "adoptive_father", "step_mother", "step_father",
    "mothers_partner", "fathers_partner",
}  # fmt: skip
"""Who cares for a child without its being said; of anybody else `carer` says it."""
PERHAPS_HIS = {
    "paternal_grandmother", "paternal_grandfather", "grandparent", "aunt", "uncle", "cousin",
    "other_relative",
}  # fmt: skip


def _named() -> Iterator[tuple[str, Any]]:
    for module in iter_modules(readiness.__path__):
        for name, value in vars(import_module(f"app.casefile.readiness.{module.name}")).items():
            if isinstance(value, set | frozenset):
                yield f"{module.name}.{name}", value


@pytest.mark.parametrize(("name", "named"), list(_named()))
def test_sets_of_codes_hold_codes(name: str, named: set[Any]) -> None:
    assert named - {None} <= KNOWN | {"neglect"}


@pytest.mark.parametrize("code", get_args(codes.NotAlone))
def test_each_reason_for_not_speaking_alone_is_one_or_is_none(code: str) -> None:
    spoken = [{"child": CHILD, "alone": False, "why_not": code}]
    asked = missing(parse_case_file(made(concern(spoken_to=spoken))), ON)
    assert ("child-not-spoken-to-alone" in {one.code for one in asked}) is (code in NO_REASON)


@pytest.mark.parametrize("kind", get_args(codes.EventKind))
def test_each_significant_kind_of_event_asks_for_the_risk_to_be_looked_at_or_does_not(
    kind: str,
) -> None:
    asked = missing(parse_case_file(made(assessed(60) | incident(kind=kind))), ON)
    assert ("risk-not-looked-at-again" in {one.code for one in asked}) is (kind not in NO_INCIDENT)


@pytest.mark.parametrize("relation", get_args(codes.Relation))
def test_who_cares_for_a_child_is_asked_about(relation: str) -> None:
    of_family = person({"child": CHILD, "relation": relation})
    asked = {one.code for one in missing(parse_case_file(made(of_family)), ON)}
    assert ("carer-not-assessed" in asked) is (relation in CARERS)


@pytest.mark.parametrize("relation", get_args(codes.Relation))
def test_who_may_be_of_the_father_s_family(relation: str) -> None:
    of_family = also({"child": CHILD, "relation": relation})
    asked = {one.code for one in missing(parse_case_file(made(of_family)), ON)}
    assert ("paternal-family-not-considered" in asked) is (relation not in PERHAPS_HIS)
