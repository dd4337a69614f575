"""Meetings, their minutes, and who has had them."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRef,
    AttachmentRefs,
    ChildRefs,
    Many,
    Model,
    PersonRef,
    Short,
    Text,
)
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Part, Who


class Attendee(Model):
    """Someone who came, or was asked to."""

    who: Who
    """Who."""
    attendance: codes.Attendance
    """Present or not."""
    report: bool | None = None
    """Whether they sent a report."""


class ParentAttendance(Model):
    """Whether a parent or carer was there, or why not."""

    person: PersonRef
    """The parent or carer."""
    attendance: codes.Attendance
    """Present or not."""
    why_not: Text | None = None
    """Why not: not told, not asked, refused, excluded and by whose decision."""
    views: Text | None = None
    """What they said, or sent."""


class Distribution(Model):
    """One recipient of the minutes or the plan."""

    who: Who
    """To whom."""
    sent_at: Moment | None = None
    """When sent; absent where it has not been."""
    means: codes.Means | None = None
    """How."""
    confirmed_at: Moment | None = None
    """When they confirmed that they have it."""


class Minutes(Model):
    """The minutes of a meeting."""

    status: codes.MinutesStatus
    """In this case file, coming, never taken, or withheld."""
    attachment: AttachmentRef | None = None
    """The minutes, where they are included."""
    confidential_attachment: AttachmentRef | None = None
    """The part without the parents: always a separate document with its own label."""
    coming_by: Date | None = None
    """For minutes that are coming: by when."""
    owner: Who | None = None
    """Who owes them."""
    reason: Text | None = None
    """Why they are not here."""
    distribution: Many[Distribution] = ()
    """Who has had them, and who has confirmed it."""

    @model_validator(mode="after")
    def _included(self) -> "Minutes":
        if (self.status == "included") != (self.attachment is not None):
            raise PydanticCustomError("minutes_attached", "included minutes name an attachment")
        return self


class Meeting(Part):
    """A meeting: asked for, planned, held, cancelled or refused."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "meeting",
    )

    kind: codes.MeetingKind
    """What kind."""
    status: codes.MeetingStatus = "held"
    """Whether it was held."""
    children: ChildRefs = ()
    """The children; every child, if absent."""
    at: Moment | None = None
    """When it was or will be held."""
    place: Short | None = None
    """Where it was or will be held."""
    asked_for_by: Who | None = None
    """Who asked for it."""
    asked_for_on: Date | None = None
    """When."""
    chair: Who | None = None
    """Chair."""
    quorate: bool | None = None
    """Whether enough agencies were there."""
    attendees: Many[Attendee] = ()
    """Who was there of those asked."""
    parents: Many[ParentAttendance] = ()
    """Each parent or carer: present, or why not."""
    children_views: Text | None = None
    """What the children said, and how it reached the meeting."""
    professionals_only: bool | None = None
    """True for a meeting without the parents."""
    professionals_only_reason: Text | None = None
    """Why it is held without them."""
    what: Text | None = None
    """What was discussed."""
    decisions: Many[Text] = ()
    """What was decided."""
    dissent: Text | None = None
    """Who disagreed, and why."""
    refused_reason: Text | None = None
    """For a meeting refused or cancelled: why, and by whom."""
    next_on: Date | None = None
    """The next one."""
    minutes: Minutes | None = None
    """The minutes."""
    attachments: AttachmentRefs = ()
    """Reports and other papers of the meeting."""
