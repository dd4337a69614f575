"""A handover in preparation, and documents for one that stands."""

from typing import Any

from pydantic import Field

from app.api.shapes.base import Shape, When
from app.flows.draft import Transfer


class NewDraft(Shape):
    """A handover to prepare."""

    recipient: str = Field(description="The receiving authority, `scheme:code`.")
    own_reference: str = Field(description="Your own reference: capitals, digits, / and -.")
    transfer: Transfer
    team: str | None = Field(None, description="Which of your teams; needed if you have several.")
    case_file: dict[str, Any] = Field(description="By openapi/schemas/casefile.json.")


class NewCaseFile(Shape):
    """Another case file for a draft."""

    case_file: dict[str, Any] = Field(description="By openapi/schemas/casefile.json.")


class Attached(Shape):
    """A document of a draft."""

    number: int
    size: int
    sha256: str


class Draft(Shape):
    """A handover in preparation. Its id will be the handover's."""

    id: str
    recipient: str
    own_reference: str | None
    transfer: str | None
    team: str | None
    expires_at: str
    notified: bool
    dispatched: bool
    handover: str | None = Field(
        description="Of documents only: the handover with whose supplement they go."
    )
    attachments: list[Attached]


class NotificationIn(Shape):
    """The three-minute facts."""

    words: dict[str, Any] = Field(description="By openapi/schemas/content-notification.json.")
    effective: When | None = Field(
        None, description="Day or UTC time when they were told, if that was before, otherwise."
    )


class DispatchIn(Shape):
    """What goes with the case."""

    running: list[Any] = Field(
        default=[], description="Dates that the plan already has: `code`, `on` and `child`."
    )
