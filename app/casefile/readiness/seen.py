"""Each child seen, and seen alone, lately."""

from collections.abc import Iterator

from app.casefile.model import ChildSeen, days
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.latest import Latest
from app.casefile.readiness.periods import SEEN, SEEN_ALONE, SEEN_IN_CARE
from app.casefile.readiness.rule import rule

_GOOD_REASONS = {"too_young", "child_declined", "unsafe_to_do_so", "advised_to_wait"}
"""Why a child was not seen alone, where nobody kept others from doing so."""
_IN_CARE = {"looked_after", "private_fostering"}
_HANDOVER = "Child Q review, finding 3"


@rule(
    "child-not-seen-lately", "high", "lost-across-boundaries", "contacts",
    what="A child has not been seen for longer than the plan allows, or than is usual: four weeks, "
    "or six for a child in care.",
    question="Who last saw this child, when and where, and who sees the child next?",
    source="Child Q review, key areas: loss of continuity of service when families move",
)  # fmt: skip
def not_seen_lately(case: Case) -> Iterator[Place]:
    seen, within = last_seen(case), _within(case)
    for child in case.children:
        if child.status == "living":
            latest, planned = seen.of(child.id), within.of(child.id)
            usual = SEEN_IN_CARE if child.transfer_type in _IN_CARE else SEEN
            limit = planned[1] if planned else usual
            if latest is None or (case.on - latest[0]).days > limit:
                yield case.nowhere("contacts", child=child.id)


@rule(
    "child-not-seen-alone-lately", "high", "child-spoken-to-alone", "contacts",
    what="A child who can be asked has not been seen alone within six weeks.",
    question="When was this child last seen alone, away from carers, and what did the child say?",
    source="Child Q review, learning points for practitioners: speak to a child alone",
)  # fmt: skip
def not_seen_alone_lately(case: Case) -> Iterator[Place]:
    alone: Latest[ChildSeen] = Latest()
    excused: Latest[ChildSeen] = Latest()
    for day, one in _sightings(case):
        if one.alone:
            alone.put((one.child,), days(day)[1], one)
        if one.why_not in _GOOD_REASONS:
            excused.put((one.child,), days(day)[1], one)
    for child in case.to_be_spoken_to:
        dates = [latest[0] for latest in (alone.of(child.id), excused.of(child.id)) if latest]
        if not any((case.on - day).days <= SEEN_ALONE for day in dates):
            yield case.nowhere("contacts", child=child.id)


@rule(
    "missing-child-without-episode", "high", "lost-across-boundaries", "missing_episodes",
    what="A child is missing, and nothing says since when and what has been done.",
    question="Since when, who was told, and where has the child been found before?",
    source=_HANDOVER,
)  # fmt: skip
def missing_without_episode(case: Case) -> Iterator[Place]:
    going_on = (one for one in case.file.missing_episodes if one.when.end is None)
    known = case.covered(case.ours(going_on))
    for child in case.children:
        if child.status == "missing" and child.id not in known:
            yield case.nowhere("missing_episodes", child=child.id)


def last_seen(case: Case) -> Latest[ChildSeen]:
    """The last time that anybody saw each child, as the case file has it."""
    seen: Latest[ChildSeen] = Latest()
    for day, one in _sightings(case):
        if one.seen or one.alone:
            seen.put((one.child,), days(day)[1], one)
    return seen


def _sightings(case: Case) -> Iterator[tuple[str, ChildSeen]]:
    """Each occasion up to today, with its date."""
    return ((day, one) for day, one in _dated(case) if not case.is_to_come(day))


def _dated(case: Case) -> Iterator[tuple[str, ChildSeen]]:
    for contact in case.live(case.file.contacts):
        yield from ((one.on or contact.at, one) for one in contact.seen)
    for event in case.live(case.file.chronology):
        yield from ((one.on or event.when.start, one) for one in event.seen)
    for concern in case.live(case.file.concerns):
        for one in concern.spoken_to:
            if day := one.on or concern.raised_at:
                yield day, one


def _within(case: Case) -> Latest[int]:
    """Within how many days the newest running plan says that each child is to be seen."""
    within: Latest[int] = Latest()
    for plan in case.plans:
        if plan.visit_every_days:
            start = days(plan.start)[0] if plan.start else case.on
            within.put(plan.children, start, plan.visit_every_days)
    return within
