"""Every triple of (state, kind, by), against a table written by hand.

A dot: refused. An equals sign: it may be said and the state stays. Otherwise the state it leads to.
"""

import pytest

from app.errors import Conflict
from app.handover import lifecycle
from app.handover.bodies import BODIES
from app.handover.codes import Side
from app.handover.lifecycle import CONVERSATION, OPEN, STATES, State, next_state, permits
from app.handover.statement import ANSWERS

SENDER = """
                  none        requested   notified    dispatched  acknowledged  accepted  closed  declined    recalled
notification      notified    notified    .           .           .             .         .       .           .
dispatch          dispatched  dispatched  dispatched  .           =             =         .       dispatched  .
unusable_dispatch notified    notified    =           .           =             =         .       =           .
decline           .           declined    .           .           .             .         .       .           .
recall            .           .           recalled    recalled    recalled      .         .       recalled    .
closure           .           .           .           .           .             closed    .       .           .
supplement        .           =           =           =           =             =         =       =           =
correction        .           =           =           =           =             =         =       =           =
query             .           =           =           =           =             =         =       =           =
reply             .           =           =           =           =             =         =       =           =
fact              .           =           =           =           =             =         =       =           =
disagreement      .           =           =           =           =             =         =       =           =
chase             .           =           =           =           =             =         =       =           =
heard             .           =           =           =           =             =         =       =           =
receipt           .           =           =           =           =             =         =       =           =
"""  # noqa: E501

RECEIVER = """
                  none        requested   notified      dispatched    acknowledged  accepted  closed  declined  recalled
records_request   requested   .           .             .             .             .         .       .         .
acknowledgement   .           .           acknowledged  acknowledged  =             .         .       .         .
arrangements      .           .           =             =             =             =         .       .         .
acceptance        .           .           accepted      accepted      accepted      .         .       .         .
adjournment       .           .           =             =             =             .         .       .         .
decline           .           .           declined      declined      declined      .         .       .         .
disposition       .           .           .             .             .             =         =       .         .
destruction       .           .           .             .             .             .         .       =         =
supplement        .           =           =             =             =             =         =       =         =
correction        .           =           =             =             =             =         =       =         =
query             .           =           =             =             =             =         =       =         =
reply             .           =           =             =             =             =         =       =         =
fact              .           =           =             =             =             =         =       =         =
disagreement      .           =           =             =             =             =         =       =         =
chase             .           =           =             =             =             =         =       =         =
heard             .           =           =             =             =             =         =       =         =
receipt           .           =           =             =             =             =         =       =         =
"""  # noqa: E501

Row = dict[tuple[str, str], str]


def read(table: str) -> Row:
    """(state, kind) → the state that follows, for what may be said."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    assert head == list(STATES)
    found: Row = {}
    for kind, *cells in rows:
        for state, cell in zip(head, cells, strict=True):
            if cell != ".":
                found[state, kind] = state if cell == "=" else cell
    return found


EXPECTED: dict[Side, Row] = {"sender": read(SENDER), "receiver": read(RECEIVER)}
KINDS = sorted({*BODIES, "unusable_dispatch", "adjournment", "telepathy"})
TRIPLES = [(state, kind, by) for by in EXPECTED for kind in KINDS for state in STATES]


def actual(state: State, kind: str, by: Side) -> str | None:
    try:
        return next_state(state, kind, by)
    except Conflict:
        return None


def test_every_triple_is_as_the_table_says() -> None:
    found = {(state, kind, by): actual(state, kind, by) for state, kind, by in TRIPLES}
    assert found == {
        (state, kind, by): EXPECTED[by].get((state, kind)) for state, kind, by in TRIPLES
    }
    assert len(found) == 2 * len(KINDS) * len(STATES)


def test_a_refusal_is_final_and_says_why() -> None:
    with pytest.raises(Conflict, match="by the sender does not follow the state 'accepted'") as no:
        next_state("accepted", "recall", "sender")
    assert (no.value.code, no.value.retryable) == ("not-in-this-state", False)


def test_permits_says_what_next_state_would() -> None:
    for state, kind, by in TRIPLES:
        assert permits(state, kind, by) == (actual(state, kind, by) is not None)


def test_the_code_has_no_row_beyond_the_table() -> None:
    rows = {(state, kind): to for (state, kind, by), to in lifecycle._MOVES.items()
            if by == "sender"}  # fmt: skip
    assert rows.items() <= EXPECTED["sender"].items()
    assert len(rows) + len(CONVERSATION) * (len(STATES) - 1) == len(EXPECTED["sender"])
    rows = {(state, kind): to for (state, kind, by), to in lifecycle._MOVES.items()
            if by == "receiver"}  # fmt: skip
    assert rows.items() <= EXPECTED["receiver"].items()
    assert len(rows) + len(CONVERSATION) * (len(STATES) - 1) == len(EXPECTED["receiver"])


def test_every_kind_can_be_said_by_somebody_or_is_an_answer() -> None:
    said = {kind for row in EXPECTED.values() for _, kind in row}
    assert set(BODIES) - said == (ANSWERS - {"receipt"}) | {"attested"}


@pytest.mark.parametrize("state", [state for state in STATES if state != "none"])
def test_every_state_can_be_reached_and_left_open_to_talk(state: State) -> None:
    reached: set[str] = {"none"}
    for _ in STATES:
        reached |= {
            to for row in EXPECTED.values() for (start, _), to in row.items() if start in reached
        }
    assert state in reached
    assert all(permits(state, kind, by) for kind in CONVERSATION for by in EXPECTED)


def test_what_has_ended_moves_no_more() -> None:
    """Only a decline can be followed by another attempt; what is accepted is never recalled."""
    leads = {(start, to) for row in EXPECTED.values() for (start, _), to in row.items()
             if start != to}  # fmt: skip
    ended = set(STATES) - OPEN - {"none"}
    assert {pair for pair in leads if pair[0] in ended} == {
        ("accepted", "closed"),
        ("declined", "dispatched"),
        ("declined", "recalled"),
    }
