"""Repeated allegations by the same person about different events."""

from collections.abc import Iterable, Iterator

from app.casefile.model import ChildSeen, Concern, Event, Who
from app.casefile.patterns.dated import order
from app.casefile.patterns.found import Said, SaidBySame
from app.casefile.shown import Shown

EVENTS = ("allegation", "disclosure")
CONCERNS = ("allegation", "disclosure", "report_by_other")
IN_OWN_WORDS = ("allegation", "disclosure")
"""Kinds in which what a child is recorded to have said counts as the child's own telling."""

Key = tuple[str | None, str, str, str, str]
"""Somebody: their id, or else name, role, agency and its name as they are written."""


def allegations(shown: Shown) -> tuple[SaidBySame, ...]:
    """Everybody who told of two or more different things: who raised the concern, who is the
    event's source, and the children whose own words it has.

    Entries that the file links, a concern and the events it rests on, are about one thing. What it
    does not link counts as different, so look at the entries. People without an id are the same
    only where all that is written of them is.
    """
    matter = _matters(shown)
    told: dict[Key, dict[str, list[Event | Concern]]] = {}
    for entry, key in _tellers(shown):
        told.setdefault(key, {}).setdefault(matter[entry.id], []).append(entry)
    found = [
        SaidBySame(person=key[0], name=_name(shown, key), said=_said(matters.values()))
        for key, matters in told.items()
        if len(matters) > 1
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.said), one.said[0].entries)))


def _tellers(shown: Shown) -> Iterator[tuple[Event | Concern, Key]]:
    """Each entry with everybody who told it."""
    for event in shown.of(shown.case.chronology):
        if event.kind in EVENTS:
            yield from _of(shown, event, event.source, event.seen)
    for concern in shown.of(shown.case.concerns):
        if concern.kind in CONCERNS:
            spoken = concern.spoken_to if concern.kind in IN_OWN_WORDS else ()
            yield from _of(shown, concern, concern.raised_by, spoken)


def _of(
    shown: Shown, entry: Event | Concern, who: Who | None, seen: Iterable[ChildSeen]
) -> Iterator[tuple[Event | Concern, Key]]:
    keys = [_key(who)] if who is not None else []
    keys += [(one.child, "", "", "", "") for one in seen if one.said and shown.shows(one.child)]
    yield from ((entry, key) for key in dict.fromkeys(keys) if key is not None)


def _key(who: Who) -> Key | None:
    """None for a name in words that names nobody: an agency's people are not one person."""
    if who.person is not None:
        return who.person, "", "", "", ""
    if who.name is None:
        return None
    return None, who.name, who.role or "", who.agency or "", who.agency_name or ""


def _name(shown: Shown, key: Key) -> str | None:
    return shown.called.get(key[0]) if key[0] is not None else key[1]


def _said(matters: Iterable[list[Event | Concern]]) -> tuple[Said, ...]:
    found = []
    for entries in matters:
        ordered = sorted(entries, key=lambda one: order(_on(one), one.id))
        found.append(Said(on=_on(ordered[0]), entries=tuple(one.id for one in ordered)))
    return tuple(sorted(found, key=lambda said: order(said.on, said.entries[0])))


def _on(entry: Event | Concern) -> str | None:
    if isinstance(entry, Event):
        return entry.when.start
    return entry.raised_at or (entry.when.start if entry.when else None)


def _matters(shown: Shown) -> dict[str, str]:
    """Id of an event or a concern → what it is about: the least id among all that are linked."""
    roots: dict[str, str] = {}

    def root(one: str) -> str:
        while (above := roots.setdefault(one, one)) != one:
            roots[one] = one = roots[above]
        return one

    def link(one: str, other: str) -> None:
        least, most = sorted((root(one), root(other)))
        roots[most] = least

    for event in shown.case.chronology:
        for linked in (event.concern or event.id, *event.supersedes):
            link(event.id, linked)
    for concern in shown.case.concerns:
        for linked in (concern.id, *concern.events, *concern.supersedes):
            link(concern.id, linked)
    return {one: root(one) for one in list(roots)}
