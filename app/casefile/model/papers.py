"""Papers beside the case file, and where in them a part is to be found; what is missing."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model import codes
from app.casefile.model.base import (
    MAX_ATTACHMENTS,
    AttachmentRef,
    ChildRef,
    ChildRefs,
    Count,
    Id,
    Language,
    Many,
    Model,
    Page,
    PartRef,
    PersonRefs,
    Short,
    Slug,
    Text,
)
from app.casefile.model.dates import Date, Moment
from app.casefile.model.part import Handling, Provenance, Who

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$", strict=True)]


class Attachment(Model):
    """A document that travels beside the case file. Its bytes' digest is in the manifest."""

    key: ClassVar[str | None] = "number"
    nouns: ClassVar[tuple[str, ...]] = ("attachment",)

    number: Annotated[int, Field(ge=1, le=MAX_ATTACHMENTS, strict=True)]
    """Its number: it travels as `attachments/NNNN`."""
    title: Short
    """Title, as people would ask for it."""
    kind: codes.AttachmentKind
    """What kind of document."""
    dated: Date | None = None
    """The document's own date."""
    author: Who | None = None
    """Who wrote it."""
    pages: Count | None = None
    """Number of pages."""
    language: Language | None = None
    """Language it is written in."""
    children: ChildRefs = ()
    """The children it concerns; every child, if absent."""
    people: PersonRefs = ()
    """Others it concerns."""
    handling: Many[Handling] = ()
    """Limits on who may see it."""
    provenance: Provenance | None = None
    """Who recorded it first."""
    supersedes: Many[AttachmentRef] = ()
    """Earlier versions of it, by number."""
    note: Text | None = None
    """What to look for in it; what is illegible or missing."""


class About(Model):
    """What a reference or a gap is about: a section, and perhaps one entry and one field of it."""

    section: codes.SectionName
    """The section of the case file."""
    entry: PartRef | None = None
    """One entry of it; absent for the section as a whole."""
    field: FieldName | None = None
    """One field of that entry."""
    child: ChildRef | None = None
    """For one child only."""


class DocumentReference(Model):
    """`In document N, page P`: where a part of the case is to be found that is not typed in."""

    about: About
    """Which part."""
    attachment: AttachmentRef
    """The document's number."""
    page: Page | None = None
    """The page, or the first of them."""
    last_page: Page | None = None
    """The last page."""
    note: Text | None = None
    """Where on the page."""

    @model_validator(mode="after")
    def _pages(self) -> "DocumentReference":
        if self.last_page is not None and (self.page is None or self.last_page < self.page):
            raise PydanticCustomError("end_before_start", "the last page comes after the first")
        return self


class Gap(Model):
    """`Not included in this handover`: a part that is missing, said openly, with its reason."""

    key: ClassVar[str | None] = "id"
    nouns: ClassVar[tuple[str, ...]] = ("part",)

    id: Id
    """Unique in the case file."""
    about: About
    """Which part."""
    reason: codes.GapReason
    """Coming by a date, not held, withheld or not applicable."""
    coming_by: Moment | None = None
    """For one that is coming: by when."""
    owner: Who | None = None
    """Who sends it."""
    words: Text | None = None
    """What is missing and why; who may hold it."""
    handling: Many[Handling] = ()
    """Limits on who may see this."""

    @model_validator(mode="after")
    def _dated(self) -> "Gap":
        if (self.reason == "coming_by") != (self.coming_by is not None):
            raise PydanticCustomError("gap_dated", "`coming_by` goes with its date")
        return self


class DeclaredGap(Model):
    """Something that the sender's service found missing when the case was sent, and that nobody had
    answered or explained by then. It travels as declared: delay would be worse."""

    id: Id
    """What its item is computed from; it says nothing of what is missing."""
    code: Slug
    """The check that found it. The receiver need not know it."""
    what: Text
    """What is missing."""
    question: Text
    """What a reviewer would ask."""
    finding: Slug
    """The review's finding that it comes from."""
    seriousness: codes.Seriousness
    """How much depends on it."""
    child: ChildRef | None = None
    """The child, where it is about one."""
    where: Many[Short] = ()
    """Where in this case file: JSON pointers (RFC 6901)."""
    asked: bool
    """Whether it is an item, which the sender owes an answer to."""
