"""A statement as the fold needs it: what was said, by which side, of whom."""

from dataclasses import dataclass
from typing import Any

from app.handover.codes import Side
from app.handover.statement import Statement
from app.handover.view import HandoverView


@dataclass(frozen=True)
class Said:
    """`by`: the side for which it speaks; `author`: the side that signed it. They differ where
    what the other side said is attested. `result`: what became of it at the receiver."""

    kind: str
    by: Side
    author: Side
    body: Any
    children: tuple[str, ...]
    statement: Statement
    result: str


def hear(view: HandoverView, statement: Statement, result: str) -> Said:
    """An attested entry speaks for the receiving authority."""
    kind, body = statement.said
    author = view.side(statement.payload.sender)
    by: Side = "receiver" if statement.kind == "attested" else author
    return Said(kind, by, author, body, statement.payload.children or (), statement, result)
