"""The bodies of all that is said once a handover stands: more, mended, asked, stated, disputed."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.handover import codes
from app.handover.bodies.base import Body, Dispositions, Items
from app.handover.codes import Digest, Id, Slug
from app.handover.when import Day, When


class Supplement(Body):
    """More than was sent before; new open things are items too."""

    items: Items


class Correction(Body):
    """Mends what an earlier statement of the same side said; supersedes and never erases.

    `withdraws`: that statement, a `fact` or `arrangements`, makes no facts any more.
    """

    of: Digest
    withdraws: bool
    items: Items


class Query(Body):
    """A question, with the day by which an answer is asked for."""

    query: Id
    about: Literal[
        "minutes",
        "chronology",
        "person",
        "plan",
        "concern",
        "legal",
        "assessment",
        "document",
        "professionals_meeting",
        "identity",
        "other",
    ]
    item: Id | None = None
    due: Day | None = None


class Reply(Body):
    """What came of a question; one that is on its way says by when."""

    query: Id
    result: Literal["answered", "coming", "not_held", "withheld", "not_applicable"]
    due: Day | None = None


class FactStated(Body):
    """A dated fact that starts or stops a clock. `item`: the one it is about."""

    code: Slug
    on: When
    item: Id | None = None

    @model_validator(mode="after")
    def _is_not_derived(self) -> "FactStated":
        if self.code in codes.DERIVED_FACTS:
            raise ValueError("this fact follows from its own statement")
        if self.code in codes.ITEM_FACTS and self.item is None:
            raise ValueError("`item` says which item this is about")
        return self


class DispositionLater(Body):
    """What became of items after the acceptance."""

    dispositions: Annotated[Dispositions, Field(min_length=1)]


class Disagreement(Body):
    """`step` counts the rungs of the partnership's ladder. Plan and clocks are unchanged by it."""

    disagreement: Id
    act: Literal["opened", "step", "resolved"]
    about: Literal["threshold", "plan_holder", "address", "papers", "item", "other"]
    step: Annotated[int, Field(ge=1, le=9)] | None = None
    item: Id | None = None


class Chase(Body):
    """An escalation across: this step of the timetable is overdue."""

    step: Slug
    rung: Annotated[int, Field(ge=1, le=9)]


class Heard(Body):
    """A named person has heard a chase."""

    of: Digest


class Destruction(Body):
    """Certifies that the misdirected bundles are gone."""

    bundles: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=100)]
    on: When
