"""Each child's father and male carers, the paternal family, and every carer's strengths and risks.

A dead father counts as named, and nobody asks how he works with the plan.
"""

from collections.abc import Iterator

from app.casefile.model import Person, Relationship, days
from app.casefile.model.codes import MALE_CARERS
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.rule import rule

_FATHERS = frozenset({"father", "adoptive_father"})
_PARENTS = {"mother", "adoptive_mother", "step_mother", *MALE_CARERS}
_PERHAPS_PATERNAL = {
    "paternal_grandmother", "paternal_grandfather", "grandparent", "aunt", "uncle", "cousin",
    "other_relative",
}  # fmt: skip
_FINDING_4 = "Child Q review, finding 4"
_ASSESS = "Child Q review, learning points for practitioners: assessments"


@rule(
    "father-absent", "high", "father-left-out", "people",
    what="No father or male carer is named for a child, and no reason is given.",
    question="Who is this child's father, and which man helps to care for the child?",
    source=_FINDING_4,
)  # fmt: skip
def father_absent(case: Case) -> Iterator[Place]:
    for child in case.children:
        men = any(_is_male_carer(relation) for _, relation in case.relations[child.id])
        if not men and child.father_missing is None:
            yield case.at(child, "father_missing")


@rule(
    "father-not-named", "medium", "father-left-out", "people",
    what="A man who cares for a child is named, but not the child's father.",
    question="Who is this child's father, and does he know of the plan and of the move?",
    source=_FINDING_4,
)  # fmt: skip
def father_not_named(case: Case) -> Iterator[Place]:
    for child in case.children:
        relations = [relation for _, relation in case.relations[child.id]]
        named = any(relation.relation in _FATHERS for relation in relations)
        if any(map(_is_male_carer, relations)) and not named and child.father_missing is None:
            yield case.at(child, "father_missing")


@rule(
    "father-search-not-said", "medium", "father-left-out", "people",
    what="A child's father is not known, not found or not looked for, and no next step is given.",
    question="What is done next to find or include him, and by whom?",
    source=_FINDING_4,
)  # fmt: skip
def father_search_not_said(case: Case) -> Iterator[Place]:
    for child in case.children:
        why = child.father_missing
        said = why and (
            why.next_step
            or why.reason == "withheld_for_safety"
            or (why.reason == "sought_not_found" and why.detail)
        )
        if why and not said:
            yield case.at(child, "father_missing", "next_step")


@rule(
    "father-not-included", "high", "father-left-out", "people",
    what="A father or male carer has not been approached about the plan, and has not been heard.",
    question="Who has spoken with him, what does he say, and if nobody has, why not?",
    source=_FINDING_4,
)  # fmt: skip
def father_not_included(case: Case) -> Iterator[Place]:
    for person in _carers(case, MALE_CARERS):
        notes = sorted(person.engagement, key=lambda note: days(note.on or "0001"))
        approached = bool(notes) and notes[-1].level != "not_approached"
        if not approached and (notes or person.views is None):
            yield case.at(person, "engagement")


@rule(
    "paternal-family-not-considered", "medium", "father-left-out", "people",
    what="A child's father is known, and nobody of his family is named.",
    question="What can his parents or other relatives offer this child, and has anyone asked them?",
    source=_ASSESS,
)  # fmt: skip
def paternal_family(case: Case) -> Iterator[Place]:
    meetings = (m for m in case.file.meetings if m.kind == "family_group_conference")
    assessed = (a for a in case.file.assessments if a.kind == "connected_person")
    considered = case.covered(case.ours((*meetings, *assessed)))
    for child in case.children:
        relations = {relation.relation for _, relation in case.relations[child.id]}
        known = relations & _FATHERS and not _is_protected_from_father(case, child.id)
        if known and not relations & _PERHAPS_PATERNAL and child.id not in considered:
            yield case.nowhere("people", child=child.id)


@rule(
    "father-responsibility-unclear", "low", "father-left-out", "people",
    what="Nothing says whether a father has parental responsibility.",
    question="Does he have parental responsibility, and what does it rest on?",
    source="Packets of local transfer procedures (Norfolk, Sheffield): parental responsibility",
)  # fmt: skip
def responsibility_unclear(case: Case) -> Iterator[Place]:
    for person in _carers(case, _FATHERS):
        for number, relation in enumerate(person.relationships):
            unclear = relation.parental_responsibility in (None, "not_known")
            if relation.relation in _FATHERS and unclear and relation.child in case.relations:
                yield case.at(person, "relationships", number, child=relation.child)


@rule(
    "carer-without-strengths", "medium", "strengths-and-risks", "people",
    what="A carer's risks are named, and not what this person offers the child.",
    question="What does this person do well for the child?",
    source=_ASSESS,
)  # fmt: skip
def without_strengths(case: Case) -> Iterator[Place]:
    for person in _carers(case):
        if person.risks and not person.strengths:
            yield case.at(person, "strengths")


@rule(
    "carer-without-risks", "medium", "strengths-and-risks", "people",
    what="A carer's strengths are named, and neither a risk nor that none was found.",
    question="What could go wrong while this person cares for the child, and who has looked?",
    source=_ASSESS,
)  # fmt: skip
def without_risks(case: Case) -> Iterator[Place]:
    for person in _carers(case):
        if person.strengths and not person.risks:
            yield case.at(person, "risks")


@rule(
    "carer-not-assessed", "medium", "strengths-and-risks", "people",
    what="Neither the strengths nor the risks of someone who cares for a child are named.",
    question="What does this person offer the child, and what risk does this person pose?",
    source=_ASSESS,
)  # fmt: skip
def not_assessed(case: Case) -> Iterator[Place]:
    for person in _carers(case):
        if not person.strengths and not person.risks:
            yield case.at(person, "strengths")


def _carers(case: Case, relations: frozenset[str] | None = None) -> Iterator[Person]:
    """Those alive who are a parent of, or care for, a child handed over; only of some relations,
    where those are given. Someone only said to have harmed a child is none."""
    for person in case.live(case.file.people):
        ours = [one for one in person.relationships if one.child in case.relations]
        caring = any(one.relation in relations if relations else _is_carer(one) for one in ours)
        harmer = any(one.relation == "alleged_harmer" for one in ours)
        if caring and not harmer and person.died_on is None:
            yield person


def _is_protected_from_father(case: Case, child: str) -> bool:
    """Whether an order or bail in force protects a child from the father: then nobody asks what
    his family could do for the child."""
    return any(
        child in restriction.protects and not case.is_past(restriction.expires_on)
        for person, relation in case.relations[child]
        if relation.relation in _FATHERS
        for restriction in person.restrictions
    )


def _is_carer(relation: Relationship) -> bool:
    return relation.relation in _PARENTS or bool(relation.carer or relation.male_carer)


def _is_male_carer(relation: Relationship) -> bool:
    return relation.relation in MALE_CARERS or bool(relation.male_carer)
