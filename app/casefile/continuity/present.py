"""The merged case as a JSON value, for people and programs."""

import json
from collections.abc import Iterator
from typing import Any

from app.casefile.continuity.marks import mark_order
from app.casefile.continuity.standing import Telling, Thread, threads
from app.casefile.continuity.telling import CASE, SECTIONS, Mark, Merged


def present(merged: Merged) -> dict[str, Any]:
    """`case`: what a case file has once, by name. `sections`: each a list of threads. `conflicts`:
    how many threads have two tellings that both stand.

    A thread: `conflict`, and its `tellings`, those that stand first; each with the `id` of its
    entry, the `entry` as it was said, `stands`, `said_in` (digests of statements, the numbers of
    documents being those of the first), and `superseded` and `disputed`: by which statement, why,
    and by which entry it was replaced. `elsewhere`: what was said to be wrong, with its `entry`,
    where nobody had told that entry before. Nothing that was said is left out.
    """
    found = threads(merged)
    once = {one.tellings[0].entry: _thread(one) for one in found if one.section == CASE}
    sections = {
        section: listed
        for section in SECTIONS
        if (listed := [_thread(one) for one in found if one.section == section])
    }
    conflicts = sum(one.conflict for one in found)
    elsewhere = list(_elsewhere(merged, found))
    return {"conflicts": conflicts, "case": once, "sections": sections, "elsewhere": elsewhere}


def _elsewhere(merged: Merged, found: list[Thread]) -> Iterator[dict[str, Any]]:
    tellings = [telling for thread in found for telling in thread.tellings]
    placed = {mark for one in tellings for mark in (*one.superseded, *one.disputed)}
    for mark in sorted(merged.marks - placed, key=mark_order):
        if mark.why is not None:
            yield {"entry": mark.entry, **_mark(mark)}


def _thread(thread: Thread) -> dict[str, Any]:
    return {"conflict": thread.conflict, "tellings": [_telling(one) for one in thread.tellings]}


def _telling(telling: Telling) -> dict[str, Any]:
    # A correction says with its reason what its entry says itself that it supersedes.
    reasons = {(m.source, m.replaced_by) for m in telling.superseded if m.why is not None}
    superseded = [
        m
        for m in telling.superseded
        if m.why is not None or (m.source, m.replaced_by) not in reasons
    ]
    return {
        "id": telling.entry,
        "entry": json.loads(telling.first.said),
        "stands": telling.stands,
        "said_in": [one.source.statement for one in telling.sayings],
        "superseded": [_mark(one) for one in superseded],
        "disputed": [_mark(one) for one in telling.disputed],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"in": mark.source.statement, "replaced_by": mark.replaced_by, "why": mark.why}
