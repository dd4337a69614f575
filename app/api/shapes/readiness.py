"""What a case file lacks. No word of the case is in any of it."""

from typing import Literal

from pydantic import Field

from app.api.shapes.base import Shape

Seriousness = Literal["high", "medium", "low"]


class Missing(Shape):
    """One thing that is missing."""

    code: str = Field(description="The check's stable code: openapi/readiness.md lists them.")
    what: str
    where: str = Field(description="JSON pointer into the case file: where it would stand.")
    section: str = Field(description="What a gap in the case file that explains it names.")
    entry: str | None
    field: str | None
    question: str = Field(description="What a reviewer would ask.")
    finding: str = Field(description="The review's finding that it comes from.")
    seriousness: Seriousness
    child: str | None
    because: str | None = Field(description="JSON pointer to the entry that makes it matter.")


class Counts(Shape):
    high: int
    medium: int
    low: int


class Explained(Shape):
    """A gap that the case file explains itself."""

    where: str
    section: str
    entry: str | None
    field: str | None
    child: str | None
    reason: Literal["coming_by", "not_held", "withheld", "not_applicable"]
    coming_by: str | None


class Declaring(Shape):
    """What is missing of one kind for one child, as it travels."""

    code: str
    what: str
    question: str
    finding: str
    seriousness: Seriousness
    child: str | None
    where: list[str] = Field(description="JSON pointers into the case file.")
    asked: bool = Field(description="Whether it is an item, to which the sender owes an answer.")


class Readiness(Shape):
    """What a case file lacks on a day, the most serious first, then child by child."""

    on: str
    counts: Counts
    missing: list[Missing]
    explained: list[Explained]
    declared: list[Declaring]


class DeclaredGap(Declaring):
    """What was missing when the case was sent."""

    item: str | None
    disposition: str | None
    answered_on: str | None = Field(description="Day or UTC time of the answer.")


class DeclaredGaps(Shape):
    gaps: list[DeclaredGap]
