"""The work round the case: supervision, decisions to share, changes of worker, and what earlier
handovers left open."""

from collections.abc import Iterator

from app.casefile.model import Supervision, WorkerChange, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.latest import Latest
from app.casefile.readiness.periods import RECENT, SUPERVISED
from app.casefile.readiness.rule import rule

_SUPERVISION = "Child Q review, learning points for managers: supervision"
_GOLDEN = "Information sharing: seven golden rules (Department for Education)"


@rule(
    "supervision-absent", "medium", "reflective-supervision", "supervision",
    what="There is no supervision of the work with this family.",
    question="Who has looked at this case with the worker, and what did they question?",
    source=_SUPERVISION,
)  # fmt: skip
def supervision_absent(case: Case) -> Iterator[Place]:
    if not any(case.ours(case.file.supervision)):
        yield case.nowhere("supervision")


@rule(
    "supervision-without-lived-experience", "medium", "reflective-supervision", "supervision",
    what="For three months no supervision has thought about what a day is like for a child.",
    question="What is a day like for this child, in the morning, at mealtimes and at night?",
    source=_SUPERVISION,
)  # fmt: skip
def without_lived_experience(case: Case) -> Iterator[Place]:
    thought_of: Latest[Supervision] = Latest()
    held = list(case.ours(case.file.supervision))
    for one in held:
        if one.lived_experience is not None and not case.is_to_come(one.on):
            thought_of.put(one.children, days(one.on)[1], one)
    for child in case.children:
        latest = thought_of.of(child.id)
        old = latest is None or (case.on - latest[0]).days > SUPERVISED
        if held and old and child.status != "unborn":
            yield case.nowhere("supervision", "lived_experience", child=child.id)


@rule(
    "sharing-absent", "medium", "lost-across-boundaries", "sharing",
    what="There is no decision to share this information.",
    question="Who decided what is shared, with whom and why, and does the family know?",
    source=_GOLDEN,
)  # fmt: skip
def sharing_absent(case: Case) -> Iterator[Place]:
    if not any(case.live(case.file.sharing)):
        yield case.nowhere("sharing")


@rule(
    "sharing-without-reason", "low", "lost-across-boundaries", "sharing",
    what="The latest decision to share does not say why, on what basis, or by whom.",
    question="Why was this shared, on what lawful basis, and who decided it?",
    source=_GOLDEN,
)  # fmt: skip
def sharing_without_reason(case: Case) -> Iterator[Place]:
    latest = max(case.live(case.file.sharing), key=lambda one: days(one.on), default=None)
    if latest is not None:
        for field in ("why", "lawful_basis", "decided_by"):
            if not getattr(latest, field):
                yield case.at(latest, field)
                break


@rule(
    "family-not-told-of-sharing", "low", "lost-across-boundaries", "sharing",
    what="Nothing says whether the family was told of the latest sharing, or why not.",
    question="Does the family know? If not, why is that safer?",
    source=_GOLDEN,
)  # fmt: skip
def family_not_told(case: Case) -> Iterator[Place]:
    latest = max(case.live(case.file.sharing), key=lambda one: days(one.on), default=None)
    if latest is not None:
        why_not = latest.not_told_reason or latest.not_told_words
        if latest.family_told is None or (latest.family_told == "no" and not why_not):
            yield case.at(latest, "family_told")


@rule(
    "worker-change-without-passing-on", "medium", "starting-again", "worker_changes",
    what="A worker changed in the last two years, and nothing says what was passed on.",
    question="What did the one who left know that the one who came was not told?",
    source="Child Q review, finding 3",
)  # fmt: skip
def not_passed_on(case: Case) -> Iterator[Place]:
    for change in changes(case):
        if change.passed_on is None:
            yield case.at(change, "passed_on")


@rule(
    "earlier-item-left-open", "high", "starting-again", "earlier_handovers",
    what="Something was open when an earlier handover ended, and nothing says what became of it.",
    question="What became of this, and who asks today?",
    source="Child Q review, finding 3",
)  # fmt: skip
def left_open(case: Case) -> Iterator[Place]:
    for handover in case.ours(case.file.earlier_handovers):
        for number, item in enumerate(handover.open_items):
            if item.became is None:
                below = ("open_items", number, "became")
                yield case.at(handover, *below, child=item.child)


def changes(case: Case) -> Iterator[WorkerChange]:
    """The changes of worker of the last two years."""
    recent = (one for one in case.file.worker_changes if case.is_recent(one.on, RECENT))
    return case.ours(recent)
