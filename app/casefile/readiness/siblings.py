"""What the children of the file are to each other, and what must be known of an unborn child."""

from collections.abc import Iterator

from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.rule import rule


@rule(
    "siblings-missing", "medium", "lost-across-boundaries", "children",
    what="Nothing says what a child is to the other children of the family.",
    question="Who are this child's brothers and sisters, and where do they live?",
    source="Packets of local transfer procedures (Norfolk, Sheffield): siblings",
)  # fmt: skip
def missing(case: Case) -> Iterator[Place]:
    family = list(case.live(case.file.children))
    known: dict[str, set[str]] = {child.id: {child.id} for child in family}
    for child in family:
        for sibling in child.siblings:
            if sibling.child in known:
                known[child.id].add(sibling.child)
                known[sibling.child].add(child.id)
    for child in case.children:
        if len(known[child.id]) < len(family):
            yield case.at(child, "siblings")


@rule(
    "unborn-child-without-date", "medium", "lost-across-boundaries", "children",
    what="An unborn child has no expected date of birth.",
    question="When is the baby expected, and where is the birth planned?",
    source="Packets of local transfer procedures: pre-birth",
)  # fmt: skip
def unborn_without_date(case: Case) -> Iterator[Place]:
    for child in case.children:
        if child.status == "unborn" and child.expected_on is None:
            yield case.at(child, "expected_on")
