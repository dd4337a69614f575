"""The professionals round the family: who they are, how to ring them, and who comes after them."""

from collections.abc import Iterator

from app.casefile.ages import has_health_visitor, is_of_school_age
from app.casefile.model import Child
from app.casefile.model.codes import Agency, RegistrationKind
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.rule import rule

_FINDING_3 = "Child Q review, finding 3"
_NETWORK = "Child Q review, time to reflect: loss of relationships among the professional network"


@rule(
    "professionals-absent", "high", "starting-again", "professionals",
    what="No professional who works with the family is named.",
    question="Who knows these children, and how can each be rung today?",
    source=_FINDING_3,
)  # fmt: skip
def absent(case: Case) -> Iterator[Place]:
    if not case.professionals:
        yield case.nowhere("professionals")


@rule(
    "lead-worker-not-named", "medium", "starting-again", "professionals",
    what="None of the professionals is named as the lead worker of the plan.",
    question="Who leads this plan today, and who does so until the other authority takes over?",
    source=_FINDING_3,
)  # fmt: skip
def lead_worker(case: Case) -> Iterator[Place]:
    if case.professionals and not any(one.lead_worker for one in case.professionals):
        yield case.nowhere("professionals", "lead_worker")


@rule(
    "professional-without-contact", "medium", "starting-again", "professionals",
    what="A professional who works with the family has neither telephone nor e-mail here.",
    question="How can this person be rung by the one who takes over?",
    source=_NETWORK,
)  # fmt: skip
def without_contact(case: Case) -> Iterator[Place]:
    for one in case.professionals:
        if one.phone is None and one.email is None:
            yield case.at(one, "phone")


@rule(
    "professional-after-move-not-said", "medium", "starting-again", "professionals",
    what="Nothing says whether a professional goes on after the move, ends, or needs a successor.",
    question="Who does this in the new area, and has that person been asked for?",
    source=_NETWORK,
)  # fmt: skip
def after_move_not_said(case: Case) -> Iterator[Place]:
    for one in case.professionals:
        if one.after_move in (None, "not_known") and one.successor is None:
            yield case.at(one, "after_move")


@rule(
    "professional-not-told-of-move", "medium", "starting-again", "professionals",
    what="A professional needs a successor, and has not been told of the move.",
    question="Who rings this person today, and whom does this person pass the child on to?",
    source="Pan-Dorset, notification and transfer: tell the agencies within five working days",
)  # fmt: skip
def not_told_of_move(case: Case) -> Iterator[Place]:
    for one in case.professionals:
        told = one.contacted or one.successor or one.agency == "childrens_social_care"
        if one.after_move == "needs_successor" and not told:
            yield case.at(one, "contacted")


@rule(
    "child-without-gp", "low", "lost-across-boundaries", "professionals",
    what="Nothing says which general practice a child is with.",
    question="Where is this child registered, and has the practice been told?",
    source=_NETWORK,
)  # fmt: skip
def without_gp(case: Case) -> Iterator[Place]:
    return _without(case, "gp", "gp", [c for c in case.children if c.status != "unborn"])


@rule(
    "child-without-health-visitor", "medium", "lost-across-boundaries", "professionals",
    what="Nothing says who the health visitor of a child under five is.",
    question="Who is the health visitor, and who is asked for in the new area?",
    source=_NETWORK,
)  # fmt: skip
def without_health_visitor(case: Case) -> Iterator[Place]:
    young = [child for child in case.children if has_health_visitor(child, case.on)]
    return _without(case, "health_visiting", "health_visiting", young)


@rule(
    "child-without-school", "medium", "lost-across-boundaries", "professionals",
    what="Nothing says which school a child of school age goes to, or that the child has none.",
    question="Which school, who is its safeguarding lead, and where does the child go next?",
    source=_NETWORK,
)  # fmt: skip
def without_school(case: Case) -> Iterator[Place]:
    pupils = [child for child in case.children if is_of_school_age(child, case.on)]
    return _without(case, "school", "school", pupils)


def _without(
    case: Case, agency: Agency, kind: RegistrationKind, children: list[Child]
) -> Iterator[Place]:
    """Of these children, those with neither a professional, a service nor a registration. Where no
    professional is named at all, that is asked, and not one by one."""
    if not case.professionals:
        return
    services = (one for one in case.file.services if one.agency == agency)
    workers = (one for one in case.professionals if one.agency == agency)
    known = case.covered((*case.ours(services), *workers))
    registered = {r.person for r in case.live(case.file.registrations) if r.kind == kind}
    for child in children:
        if child.id not in known and registered.isdisjoint((child.id, *child.lives_with)):
            yield case.nowhere("professionals", child=child.id)
