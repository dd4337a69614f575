"""What the doors share that state something for our side."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Depends, Path

from app.api import shapes
from app.api.bodies import described, json_body
from app.api.callers import TheCaller, TheSite
from app.flows import respond
from app.flows.issue import Issued
from app.flows.respond import Said, Sayable

HandoverId = Annotated[str, Path(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Say = Annotated[shapes.SayIn, Depends(json_body(shapes.SayIn))]
Answers = Annotated[shapes.AnswersIn, Depends(json_body(shapes.AnswersIn))]
SAY, ANSWERS = described(shapes.SayIn), described(shapes.AnswersIn)


def stated(issued: Issued) -> shapes.Stated:
    """A statement of ours, as an answer."""
    return shapes.Stated(**asdict(issued))


def say(
    site: TheSite,
    who: TheCaller,
    handover: str,
    kind: Sayable,
    asked: shapes.SayIn,
    key: str | None,
) -> shapes.Stated:
    """State what was asked."""
    return stated(respond.say(site, who, handover, kind, said(asked), key))


def said(asked: shapes.SayIn) -> Said:
    """What was asked, as flows take it."""
    children = tuple(asked.children) if asked.children is not None else None
    owner = asked.carry_forward_to if isinstance(asked, shapes.AnswersIn) else None
    carry = owner.model_dump(exclude_none=True) if owner else None
    return Said(asked.codes, asked.words, children, asked.effective, carry)
