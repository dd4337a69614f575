"""Reading: lists, one handover, its ledger, and what is due or overdue. No words of a case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.access import Caller, Record, may, shows_names
from app.errors import NotFound
from app.flows import alarms, cursors, deliveries, labels, ledgers, restored
from app.flows.opening import nation_timetables
from app.flows.reach import reach, records, scope
from app.flows.site import Site
from app.handover.calendars import Nation
from app.handover.clocks import ChildClock, clocks
from app.handover.codes import Side
from app.handover.deadlines import Clock, State, days_over
from app.handover.holder import known_by, plan_holder, responds
from app.handover.ledger import Entry, fold
from app.handover.replica import Replica
from app.handover.timetable import FrozenTimetable
from app.handover.timetables import describe
from app.handover.view import HandoverView
from app.handover.when import When, end_of_day, instant, london_date, stamp
from app.store import handovers, lists, statements
from app.store.handovers import ClockRow, HandoverRow
from app.store.lists import Filter

SOON = timedelta(days=10)
"""How far ahead "due soon" looks at most; each step says itself when it is soon."""
MAX_PAGE = 200
_SECOND = timedelta(seconds=1)
"""A clock is overdue once the whole second in which it is due has gone."""
Between = tuple[datetime | None, datetime]


@dataclass(frozen=True)
class Page:
    """Rows of a list, and the cursor of the next page; None at the end."""

    rows: list[dict[str, Any]]
    cursor: str | None


def list_handovers(
    site: Site,
    caller: Caller,
    *,
    side: str | None = None,
    state: str | None = None,
    overdue: bool = False,
    own_reference: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> Page:
    """Handovers within the caller's reach, in order of their latest change."""
    may(caller, "see")
    now = site.clock()
    limit = min(limit, MAX_PAGE)
    wanted = Filter(
        side=side,
        state=state,
        own_reference=own_reference,
        within=scope(caller, "see", now),
        named=scope(caller, "open", now),
        overdue_at=now if overdue else None,
    )
    with site.database.read() as uow:
        rows = lists.page(uow.connection, wanted, after, limit)
        ids = [row.handover for row in rows]
        late = handovers.overdue_counts(uow.connection, ids, now)
        contradicted = statements.counted(uow.connection, ids, "evidence")
        about = records(uow, caller, rows, now)
        peers = {row.handover: row.peer for row in rows}
        waiting = restored.held_among(uow, site, peers, now)
        undelivered = deliveries.undelivered(uow, ids)
    shown = [
        {
            **_row(site, caller, row, about[row.handover], late.get(row.handover, 0)),
            "contradictions": contradicted.get(row.handover, 0),
            "restoring": row.handover in waiting,
            "undelivered": row.handover in undelivered,
        }
        for row in rows
    ]
    return Page(shown, str(rows[-1].sequence) if len(rows) == limit else None)


def show(site: Site, caller: Caller, handover: str) -> dict[str, Any]:
    """One handover: children, who holds the plan, who responds, clocks, items, deliveries."""
    reached = reach(site, caller, handover, "see")
    now = site.clock()
    with site.database.read() as uow:
        held = ledgers.load(uow, site, handover)
        replica = held.shown()
        waiting = list(deliveries.waiting(uow, handover))
        failed = list(deliveries.failed(uow, handover))
        contradicting = alarms.shown(uow, site, handover)
        restoring = restored.is_held(uow, site, reached.row.peer, handover, now)
    view = replica.view()
    assert view is not None
    mine = clocks(replica, view, now)
    late = sum(one.clock.state == "overdue" and one.stopped is None for one in mine)
    today = london_date(now)
    unconfirmed = {one.digest for one in held.pending}
    return {
        **_row(site, caller, reached.row, reached.record, late),
        "children": [
            {
                **_duty(replica.entries, view, child, today),
                "state": seen.state,
                "result": seen.result,
            }
            for child, seen in sorted(view.children.items())
        ],
        "clocks": [_clock(view.timetable, one, now) for one in mine if view.timetable],
        "items": [
            {
                "item": item,
                "type": one.type,
                "child": one.child,
                "disposition": one.disposition,
                "since": one.on,
            }
            for item, one in sorted(view.items.items())
        ],
        "unconfirmed": sorted(unconfirmed),
        "deliveries": waiting,
        "failed": failed,
        "contradictions": len(contradicting),
        "alarms": contradicting,
        "restoring": restoring,
        "undelivered": bool(waiting),
    }


def duties(
    site: Site, caller: Caller, handover: str, on: When | None, known: When | None
) -> dict[str, Any]:
    """Who held each child's plan and who responded to harm on a day ("true on"), from what the
    keeper of the order knew at a moment ("known on"). Today and now, where not given.

    Raises NotFound (`not-known-then`) and Malformed (`when`).
    """
    reach(site, caller, handover, "see")
    now = site.clock()
    day = london_date(on) if on else london_date(now)
    moment = end_of_day(london_date(known)) if known and "T" not in known else None
    moment = moment or (instant(known) if known else now)
    with site.database.read() as uow:
        entries = known_by(ledgers.load(uow, site, handover).entries, moment)
    view = fold(entries)
    if view is None:
        raise NotFound("not-known-then", "Nothing was known of this handover at that time")
    return {
        "handover": handover,
        "on": day.isoformat(),
        "known": stamp(moment),
        "children": [_duty(entries, view, child, day) for child in sorted(view.children)],
    }


def _duty(entries: Iterable[Entry], view: HandoverView, child: str, on: date) -> dict[str, Any]:
    found = responds(entries, view, child, on)
    return {
        "child": child,
        "plan_held_by": plan_holder(view, child, on),
        "responds": found.authority,
        "responds_because": found.because,
    }


def ledger(site: Site, caller: Caller, handover: str) -> dict[str, Any]:
    """The ledger as both hold it: what was said, in order, with the signed statements themselves.

    It can be saved and verified offline (`handover verify`).
    """
    reach(site, caller, handover, "see")
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover)
    return {"handover": handover, "entries": list(_entries(replica))}


def overdue(site: Site, caller: Caller, cursor: str | None = None) -> Page:
    """What is overdue now, the longest first: step, child, who owes it, days and source."""
    now = site.clock()
    return _due(site, caller, now, (None, now), cursor)


def due_soon(site: Site, caller: Caller, cursor: str | None = None) -> Page:
    """What falls due within ten days and is not overdue, the next first."""
    now = site.clock()
    return _due(site, caller, now, (now - _SECOND, now + SOON), cursor)


def _due(site: Site, caller: Caller, now: datetime, between: Between, cursor: str | None) -> Page:
    may(caller, "oversee")
    beyond = cursors.place(cursor) if cursor else None
    found = []
    with site.database.read() as uow:
        within = scope(caller, "oversee", now)
        rows = handovers.clocks_due(uow.connection, *between, MAX_PAGE, within, beyond)
        named = {row.handover for row in rows}
        of = {one.handover: one for one in handovers.those(uow.connection, named)}
        about = records(uow, caller, list(of.values()), now)
        timetables = {
            one: _timetable(replica) for one, replica in ledgers.load_each(uow, site, named)
        }
    for row in rows:
        handover, timetable = of[row.handover], timetables.get(row.handover)
        if timetable is not None:
            clock = _from_row(row, now)
            brief = _row(site, caller, handover, about[row.handover], None)
            del brief["state"]
            found.append({**brief, **_clock(timetable, ChildClock(row.child, clock, None), now)})
    return Page(found, cursors.written(rows[-1]) if len(rows) == MAX_PAGE else None)


def _timetable(replica: Replica) -> FrozenTimetable | None:
    view = replica.shown().view()
    return view.timetable if view else None


def _from_row(row: ClockRow, now: datetime) -> Clock:
    """The saved clock, as it stands now: only time has passed since."""
    assert row.due_at is not None
    late = now >= row.due_at + _SECOND
    soon = row.soon_at is not None and now >= row.soon_at
    state: State = "overdue" if late else "due_soon" if soon else "running"
    owes: Side = "sender" if row.owes == "sender" else "receiver"
    return Clock(row.step, owes, row.source, state, row.started, row.soon_at, row.due_at, None)


def _row(
    site: Site, caller: Caller, row: HandoverRow, record: Record, late: int | None
) -> dict[str, Any]:
    """For who may not open it, without its names; a restricted one without our reference too."""
    named = shows_names(caller, record)
    shown = {
        "handover": row.handover,
        "side": row.side,
        "peer": row.peer,
        "own_reference": row.own_reference if named or not row.restricted else None,
        "label": labels.open_(site, row.handover, row.label_sealed) if named else None,
        "team": row.team,
        "transfer": row.transfer,
        "state": row.state,
        "restricted": row.restricted,
        "opened_at": stamp(row.opened_at),
    }
    return shown if late is None else {**shown, "overdue": late}


def _clock(timetable: FrozenTimetable, one: ChildClock, now: datetime) -> dict[str, Any]:
    clock = one.clock
    nations = timetable.nations
    nation: Nation = nations.sender if clock.owes == "sender" else nations.receiver
    words = describe(nation_timetables(), nation, clock.step, clock.source)
    return {
        "child": one.child,
        "step": clock.step,
        "title": words.title,
        "owes": clock.owes,
        "state": clock.state,
        "started": clock.started,
        "due": stamp(clock.due) if clock.due else None,
        "met_on": clock.met_on,
        "stopped": stamp(one.stopped) if one.stopped else None,
        "working_days_over": days_over(clock, now, timetable.closed_days(clock.owes)),
        "source": ": ".join(filter(None, (words.source.publisher, words.source.title))),
        "judgement": words.judgement,
    }


def _entries(replica: Replica) -> Iterator[dict[str, Any]]:
    for entry in replica.entries:
        payload = entry.statement.payload
        yield {
            "place": entry.place,
            "digest": entry.statement.digest,
            "kind": payload.kind,
            "from": payload.sender,
            "at": payload.at,
            "effective": payload.effective,
            "known_at": entry.known_at,
            "result": entry.result,
            "statement": entry.statement.wire.decode(),
            "receipt": entry.receipt.wire.decode() if entry.receipt else None,
        }
