"""The one table of what may follow what: (state, kind, by) → state, for each child.

Two names are not kinds of statements. `unusable_dispatch` is a dispatch whose bundle the receiver
could not open: what its statement says is known, the papers are not there. `adjournment` is the
result of an acceptance for a child whose conference goes on another day. Whether a message has been
delivered is no state.
"""

from typing import Literal, get_args

from app.errors import Conflict
from app.handover.codes import Side

State = Literal[
    "none",
    "requested",
    "notified",
    "dispatched",
    "acknowledged",
    "accepted",
    "closed",
    "declined",
    "recalled",
]
STATES: tuple[State, ...] = get_args(State)

OPEN: frozenset[State] = frozenset({"requested", "notified", "dispatched", "acknowledged"})
"""States in which the clocks of the transfer run."""

_MOVES: dict[tuple[State, str, Side], State] = {
    ("none", "records_request", "receiver"): "requested",
    ("none", "notification", "sender"): "notified",
    ("requested", "notification", "sender"): "notified",
    ("requested", "decline", "sender"): "declined",
    # The papers, first or again.
    ("none", "dispatch", "sender"): "dispatched",
    ("requested", "dispatch", "sender"): "dispatched",
    ("notified", "dispatch", "sender"): "dispatched",
    ("acknowledged", "dispatch", "sender"): "acknowledged",
    ("declined", "dispatch", "sender"): "dispatched",
    # Papers that crossed an acceptance are papers all the same.
    ("accepted", "dispatch", "sender"): "accepted",
    ("accepted", "unusable_dispatch", "sender"): "accepted",
    ("none", "unusable_dispatch", "sender"): "notified",
    ("requested", "unusable_dispatch", "sender"): "notified",
    ("notified", "unusable_dispatch", "sender"): "notified",
    ("acknowledged", "unusable_dispatch", "sender"): "acknowledged",
    ("declined", "unusable_dispatch", "sender"): "declined",
    # A named person has it; another may take it over.
    ("notified", "acknowledgement", "receiver"): "acknowledged",
    ("dispatched", "acknowledgement", "receiver"): "acknowledged",
    ("acknowledged", "acknowledgement", "receiver"): "acknowledged",
    # Arrangements are made at any time until the end.
    ("notified", "arrangements", "receiver"): "notified",
    ("dispatched", "arrangements", "receiver"): "dispatched",
    ("acknowledged", "arrangements", "receiver"): "acknowledged",
    ("accepted", "arrangements", "receiver"): "accepted",
    # A conference may accept though papers are missing: a gap never delays a handover.
    ("notified", "acceptance", "receiver"): "accepted",
    ("dispatched", "acceptance", "receiver"): "accepted",
    ("acknowledged", "acceptance", "receiver"): "accepted",
    ("notified", "adjournment", "receiver"): "notified",
    ("dispatched", "adjournment", "receiver"): "dispatched",
    ("acknowledged", "adjournment", "receiver"): "acknowledged",
    ("notified", "decline", "receiver"): "declined",
    ("dispatched", "decline", "receiver"): "declined",
    ("acknowledged", "decline", "receiver"): "declined",
    ("notified", "recall", "sender"): "recalled",
    ("dispatched", "recall", "sender"): "recalled",
    ("acknowledged", "recall", "sender"): "recalled",
    ("declined", "recall", "sender"): "recalled",
    ("accepted", "closure", "sender"): "closed",
    ("accepted", "disposition", "receiver"): "accepted",
    ("closed", "disposition", "receiver"): "closed",
    ("declined", "destruction", "receiver"): "declined",
    ("recalled", "destruction", "receiver"): "recalled",
}

CONVERSATION = frozenset(
    {
        "supplement",
        "correction",
        "query",
        "reply",
        "fact",
        "disagreement",
        "chase",
        "heard",
        "receipt",
    }
)
"""Kinds that either side may say in every state but the first, and that change no state. A receipt
is an entry only where it is attested: on the assisted route somebody rang to say that it came."""


def next_state(state: State, kind: str, by: Side) -> State:
    """The state that follows.

    Raises Conflict (`not-in-this-state`) where nothing follows.
    """
    if kind in CONVERSATION and state != "none":
        return state
    try:
        return _MOVES[state, kind, by]
    except KeyError:
        raise Conflict(
            "not-in-this-state",
            f"A {kind.replace('_', ' ')} by the {by} does not follow the state '{state}'",
        ) from None


def permits(state: State, kind: str, by: Side) -> bool:
    """Whether `next_state` would answer; for choosing whom a statement speaks of."""
    return (kind in CONVERSATION and state != "none") or (state, kind, by) in _MOVES
