"""The index of the ledger: rows for lists and for what is overdue. Never more than the ledger says.

`project` writes the rows of one handover from our copy of its ledger; `reindex` writes them all
again, and a test compares.
"""

from datetime import datetime

from app.handover.clocks import ChildClock, clocks
from app.handover.holder import plan_holder
from app.handover.lifecycle import STATES
from app.handover.replica import Replica
from app.handover.view import HandoverView
from app.handover.when import instant, london_date
from app.store import handovers, own_records, restrictions
from app.store.handovers import ChildRow, ClockRow, HandoverRow, ItemRow
from app.store.unit_of_work import UnitOfWork


def project(uow: UnitOfWork, replica: Replica, now: datetime) -> None:
    """Write the index rows of one handover."""
    replica = replica.shown()
    view = replica.view()
    if view is None:
        return
    side = view.side(replica.me)
    first = next(iter(view.children.values()), None)
    own = own_records.get(uow.connection, view.handover)
    ours = restrictions.get(uow.connection, view.handover)
    handovers.save(
        uow.connection,
        HandoverRow(
            handover=view.handover,
            peer=view.receiver if side == "sender" else view.sender,
            side=side,
            opened_at=instant(view.opened_at),
            transfer=first.transfer if first else None,
            basis=first.basis if first else None,
            restricted=view.restricted or ours is not None,
            own_reference=own.own_reference if own else None,
            team=own.team if own else None,
            label_sealed=own.label_sealed if own else None,
            state=least_advanced(view),
            head=view.head,
            length=view.length,
            changed_at=now,
        ),
        child_rows=[
            ChildRow(
                handover=view.handover,
                child=child,
                state=seen.state,
                holder=view.side(plan_holder(view, child, london_date(now))),
            )
            for child, seen in sorted(view.children.items())
        ],
        clock_rows=[_clock_row(view, side, one) for one in clocks(replica, view, now)],
        item_rows=[
            ItemRow(
                handover=view.handover,
                item=item,
                type=seen.type,
                child=seen.child,
                disposition=seen.disposition,
                disposed_at=instant(seen.on) if seen.on else None,
            )
            for item, seen in sorted(view.items.items())
        ],
    )


def least_advanced(view: HandoverView) -> str:
    """The state for lists: that of the child who is least far on."""
    return min((seen.state for seen in view.children.values()), key=STATES.index, default="none")


def _clock_row(view: HandoverView, side: str, one: ChildClock) -> ClockRow:
    clock = one.clock
    met = instant(clock.met_on) if clock.met_on else one.stopped
    return ClockRow(
        handover=view.handover,
        child=one.child,
        step=clock.step,
        owes=clock.owes,
        mine=clock.owes == side,
        state_at_save=clock.state,
        started=clock.started,
        due_at=clock.due,
        soon_at=clock.soon,
        met_at=met,
        source=clock.source,
    )
