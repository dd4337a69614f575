"""A child, born or not yet born."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from app.casefile.model import codes
from app.casefile.model.base import (
    AttachmentRefs,
    ChildRef,
    Language,
    Many,
    Model,
    PersonRef,
    Script,
    Short,
    Slug,
    Text,
)
from app.casefile.model.dates import Date
from app.casefile.model.part import Authority, Coded, Handling, Part, Who


class Name(Model):
    """One name; a person has as many as the record holds, in any script."""

    kind: codes.NameKind
    """What name it is."""
    full: Short
    """The whole name as it is written and said."""
    given: Short | None = None
    """Given names, where the record tells them apart."""
    family: Short | None = None
    """Family name, where the record tells it apart."""
    script: Script | None = None
    """Script it is written in, where not Latin."""
    start: Date | None = None
    """Used from."""
    end: Date | None = None
    """Used until."""


class Identifier(Model):
    """An identifier, or why there is none."""

    scheme: Slug
    """`nhs_number`, `upn`, `former_upn`, `la_child_id`, `ehcp`, `police_reference`, ..."""
    value: Short | None
    """The identifier as issued; null where there is none to give, with a reason."""
    absent_because: codes.IdentifierGap | None = None
    """Why the value is null."""
    issuer: Authority | None = None
    """Who issued it, for a scheme of one authority."""
    start: Date | None = None
    """Valid from."""
    end: Date | None = None
    """Valid until."""

    @model_validator(mode="after")
    def _value_or_reason(self) -> "Identifier":
        if (self.value is None) != (self.absent_because is not None):
            raise PydanticCustomError("value_or_reason", "a value, or null with its reason")
        return self


class Interpreter(Model):
    """The interpreter that someone needs. A relative or a child never interprets."""

    needed: bool
    """Whether one is needed."""
    language: Language | None = None
    """Language interpreted."""
    dialect: Short | None = None
    """Dialect, in words."""
    gender: Short | None = None
    """Gender of interpreter asked for."""
    not_family: bool | None = None
    """True where it must be nobody of the family or its community."""
    note: Text | None = None
    """Anything else, for example an interpreter who is trusted or must not be used."""


class FatherMissing(Model):
    """Why no father or male carer is named for this child."""

    reason: codes.FatherAbsent
    """The coded reason."""
    detail: Text | None = None
    """What was tried, or what is known."""
    next_step: Text | None = None
    """What happens next to find or include him."""
    handling: Many[Handling] = ()
    """Limits on who may see this."""


class Sibling(Model):
    """What another child of this case file is to this one."""

    child: ChildRef
    """The other child."""
    relation: codes.SiblingRelation
    """Brother or sister, in full, by half or by step."""
    detail: Text | None = None
    """Shared parent; how they are with each other; who looks after whom."""


class Child(Part):
    """A child of the family."""

    nouns: ClassVar[tuple[str, ...]] = (
        "part",
        "child",
        "person",
    )

    status: codes.ChildStatus
    """Unborn, living, missing or died."""
    scope: codes.Scope = "handed_over"
    """Whether this child is handed over, or named for information only."""
    transfer_type: codes.TransferType | None = None
    """What kind of move this is for this child."""
    names: Many[Name] = ()
    """Every name and alias."""
    identifiers: Many[Identifier] = ()
    """NHS number, UPN, the authority's own id and others."""
    born_on: Date | None = None
    """Date of birth."""
    born_on_estimated: bool | None = None
    """True where the date of birth is an estimate."""
    expected_on: Date | None = None
    """Expected date of birth; kept after the birth."""
    died_on: Date | None = None
    """Date of death."""
    sex: codes.Sex | None = None
    """Sex as registered."""
    gender: Short | None = None
    """Gender, in the child's own words."""
    ethnicity: Coded | None = None
    """Ethnicity."""
    nationality: Short | None = None
    """Nationality."""
    immigration_status: Text | None = None
    """Immigration status and what depends on it."""
    disabilities: Many[Coded] = ()
    """Disabilities."""
    languages: Many[Language] = ()
    """Languages, the first one first."""
    interpreter: Interpreter | None = None
    """Interpreter needed."""
    communication: Text | None = None
    """How this child communicates and what helps."""
    religion: Short | None = None
    """Religion or belief."""
    primary_need: Coded | None = None
    """Primary need, as the authority's returns have it."""
    identity: Text | None = None
    """What matters to this child: likes, fears, friends, routines, comforters."""
    lived_experience: Text | None = None
    """What a day is like for this child."""
    voice: Text | None = None
    """The child's own wishes and feelings, and how they are known."""
    father_missing: FatherMissing | None = None
    """Why no father or male carer is named, where none is."""
    lives_with: Many[PersonRef] = ()
    """Who the child lives with now."""
    siblings: Many[Sibling] = ()
    """The other children of the family."""
    photograph: AttachmentRefs = ()
    """A recent photograph, where one is held."""


class Need(Part):
    """A health, education or other need of a child."""

    child: ChildRef
    """The child."""
    area: codes.NeedArea
    """What kind of need."""
    what: Text
    """The need."""
    since: Date | None = None
    """Known since."""
    meeting_it: Text | None = None
    """What is done about it: treatment, medication, support, plan."""
    met: codes.YesNo | None = None
    """Whether the need is met now."""
    provider: Who | None = None
    """Who provides it."""
    next_due: Date | None = None
    """Next appointment, review or dose due."""
    after_move: Text | None = None
    """What must be arranged again at the new address."""
    attachments: AttachmentRefs = ()
    """Documents about it."""


class Registration(Part):
    """Where someone is registered: practice, school, nursery, clinic."""

    person: PersonRef
    """The child or adult registered."""
    kind: codes.RegistrationKind
    """What kind of place."""
    name: Short | None = None
    """Name of the place."""
    identifier: Coded | None = None
    """Its code, for example a school's URN or a practice's ODS code."""
    phone: Short | None = None
    """Telephone."""
    status: codes.RegistrationStatus | None = None
    """Whether they are registered there now."""
    start: Date | None = None
    """Registered from."""
    end: Date | None = None
    """Registered until."""
    attendance: Text | None = None
    """Attendance, or how the place is used."""
    contact: Who | None = None
    """Designated safeguarding lead or other contact."""


class LegalStatus(Part):
    """A child's legal status, now or earlier. Orders keep their court's and authority's names."""

    child: ChildRef
    """The child."""
    code: codes.LegalCode
    """The status."""
    detail: Text | None = None
    """The status in words; directions and conditions."""
    court: Short | None = None
    """Court."""
    number: Short | None = None
    """Case number."""
    made_on: Date | None = None
    """Made on."""
    expires_on: Date | None = None
    """Ends on."""
    next_hearing_on: Date | None = None
    """Next hearing."""
    authority: Authority | None = None
    """The authority named in the order; it stays named when the child moves."""
    attachments: AttachmentRefs = ()
    """The order."""
