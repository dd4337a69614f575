"""What every entry can carry: its id, who recorded it first, and how it may be handled."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model import codes
from app.casefile.model.base import (
    AuthorityId,
    ChildRef,
    Id,
    Many,
    Model,
    PartRef,
    PersonRef,
    PersonRefs,
    Short,
    Slug,
    Text,
)
from app.casefile.model.dates import Date, Moment


class Coded(Model):
    """A code of a published scheme, with the words that were on the record."""

    scheme: Slug
    """Whose code it is, for example `dfe-cin-ethnicity`."""
    code: Slug
    """The code, exactly as that scheme writes it."""
    words: Short | None = None
    """What it stands for, in the recording authority's words."""


class Authority(Model):
    """An authority that plays a part; one without an identifier is named in words."""

    id: AuthorityId | None = None
    """Its identifier, `scheme:code`, for example `gss:E10000025`."""
    name: Short | None = None
    """Its name."""


class Who(Model):
    """A person who did, said or owns something: one of this case file's people, or in words."""

    person: PersonRef | None = None
    """One of the case file's people, professionals or children."""
    name: Short | None = None
    """Name, where they are not in the case file."""
    role: Short | None = None
    """Role at the time."""
    agency: codes.Agency | None = None
    """Agency at the time."""
    agency_name: Short | None = None
    """Name of the agency or team."""
    phone: Short | None = None
    """Telephone, for a person who can be rung about this."""
    email: Short | None = None
    """E-mail, for a person who can be written to about this."""


class Provenance(Model):
    """Where an entry was first recorded; unchanged by every later move."""

    authority: Authority | None = None
    """The authority that recorded it."""
    agency: codes.Agency | None = None
    """The agency that recorded it, where not the authority itself."""
    system: Short | None = None
    """The system that it was taken from."""
    original_id: Short | None = None
    """Its id in that system."""
    recorded_at: Moment | None = None
    """When it was first recorded: never the date of a migration or of an import."""


class Handling(Model):
    """A limit on who may see an entry; it survives onward moves and filters exports."""

    code: codes.HandlingCode
    """`open`, `professionals_only`, `not_to` the people named, or with whose leave it may go on."""
    owner: Short | None = None
    """The agency that set the label and can lift it."""
    not_to: PersonRefs = ()
    """For `not_to`: the people who must not see it."""
    reason: Text | None = None
    """Why."""
    set_on: Date | None = None
    """When the label was set."""
    review_on: Date | None = None
    """When the label is looked at again."""

    @model_validator(mode="after")
    def _named(self) -> "Handling":
        if (self.code == "not_to") != bool(self.not_to):
            raise PydanticCustomError("not_to_names", "`not_to` goes with the people it names")
        return self


class Withdrawn(Model):
    """An entry that should not have been made; it stays readable, marked."""

    on: Date
    """When it was withdrawn."""
    why: Text
    """Why it is wrong, for example: it belongs to another family."""
    by: Who | None = None
    """Who withdrew it."""


class Part(Model):
    """An entry of the case file."""

    key: ClassVar[str | None] = "id"
    nouns: ClassVar[tuple[str, ...]] = ("part",)

    id: Id
    """Unique in the case file, and the same after every move."""
    handling: Many[Handling] = ()
    """Limits on who may see it; none means open."""
    provenance: Provenance | None = None
    """Who recorded it first."""
    supersedes: Many[PartRef] = ()
    """Earlier entries that this one replaces; they stay in the file and stay readable."""
    withdrawn: Withdrawn | None = None
    """Set where the entry was made in error."""


class ChildSeen(Model):
    """Whether one child was seen, and spoken to alone, on one occasion."""

    child: ChildRef
    """The child."""
    seen: bool | None = None
    """Whether the child was seen; absent where the record does not say."""
    alone: bool | None = None
    """Whether the child was seen or spoken to alone; absent where the record does not say."""
    on: Moment | None = None
    """When, where it differs from the entry's own date."""
    by: Who | None = None
    """Who saw the child."""
    why_not: codes.NotAlone | None = None
    """Why the child was not seen, or not alone."""
    why_not_words: Text | None = None
    """The reason in words."""
    said: Text | None = None
    """What the child said, in the child's words, or showed."""
    presentation: Text | None = None
    """How the child looked and behaved."""
