"""The case file's form: one file a noun. `CaseFile` is everything handed over about a family.

Data already sent can't gain a field, and a receiver refuses fields it does not know: so whatever
practice asks for (DESIGN 1, notes on fields) has its place here from version 1.
"""

from app.casefile.model.address import Address, Move, Protection
from app.casefile.model.assessment import Assessment, NeglectGrade, RiskAssessment
from app.casefile.model.base import Model
from app.casefile.model.case_file import CaseFile, Parts, Restricted, Summary, check_about
from app.casefile.model.child import (
    Child,
    FatherMissing,
    Identifier,
    Interpreter,
    LegalStatus,
    Name,
    Need,
    Registration,
    Sibling,
)
from app.casefile.model.chronology import Contact, Event, MissingEpisode
from app.casefile.model.concern import Closed, Concern, Shared
from app.casefile.model.dates import When, days
from app.casefile.model.meeting import (
    Attendee,
    Distribution,
    Meeting,
    Minutes,
    ParentAttendance,
)
from app.casefile.model.papers import About, Attachment, DeclaredGap, DocumentReference, Gap
from app.casefile.model.part import (
    Authority,
    ChildSeen,
    Coded,
    Handling,
    Part,
    Provenance,
    Who,
    Withdrawn,
)
from app.casefile.model.person import (
    ContactedAboutMove,
    ContactRoute,
    EngagementNote,
    Offence,
    Person,
    Point,
    Professional,
    Reading,
    Relationship,
    Restriction,
)
from app.casefile.model.plan import (
    Action,
    Category,
    Outcome,
    Plan,
    PreviousPlan,
    Progress,
    Review,
)
from app.casefile.model.reading import read
from app.casefile.model.references import check_references
from app.casefile.model.work import (
    EarlierHandover,
    OpenItem,
    Service,
    Sharing,
    Supervision,
    WorkerChange,
)
from app.errors import Malformed

VERSION = 1
"""The version of the case file's form."""

__all__ = [
    "VERSION", "About", "Action", "Address", "Assessment", "Attachment", "Attendee", "Authority",
    "CaseFile", "Category", "Child", "ChildSeen", "Closed", "Coded", "Concern", "Contact",
    "ContactRoute", "ContactedAboutMove", "DeclaredGap", "Distribution", "DocumentReference",
    "EarlierHandover", "EngagementNote", "Event", "FatherMissing", "Gap", "Handling", "Identifier",
    "Interpreter", "LegalStatus", "Meeting", "Minutes", "MissingEpisode", "Model", "Move", "Name",
    "Need", "NeglectGrade", "Offence", "OpenItem", "Outcome", "ParentAttendance", "Part", "Parts",
    "Person", "Plan", "Point", "PreviousPlan", "Professional", "Progress", "Protection",
    "Provenance", "Reading", "Registration", "Relationship", "Restricted", "Restriction",
    "Review", "RiskAssessment", "Service", "Shared", "Sharing", "Sibling", "Summary", "Supervision",
    "When", "Who", "Withdrawn", "WorkerChange", "check_references", "days", "parse_case_file",
    "parse_parts", "read",
]  # fmt: skip


def parse_case_file(value: object) -> CaseFile:
    """Read a case file, strictly, and hold it to its own references.

    `value` is a JSON value as `json.loads` gives it.

    Raises:
        Malformed: `case-file-version` for a version this program does not know,
            `case-file-invalid`, `reference-duplicate` or `reference-unresolved`; with a JSON
            pointer to the place and never a word of what was sent.
    """
    version = value.get("v") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise Malformed(
            "case-file-version",
            "The case file is of a newer version than this program reads. Its documents open "
            "all the same; update the program to read the rest.",
            pointer="/v",
        )
    case_file = read(CaseFile, value, code="case-file-invalid")
    check_references(case_file)
    check_about(case_file)
    return case_file


def parse_parts(value: object) -> Parts:
    """Read parts of a case file that belong to one sent before; references may point into it.

    Raises:
        Malformed: `case-file-invalid`, `reference-duplicate`, or `reference-unresolved` for a
            document that is not among the attachments.
    """
    parts = read(Parts, value, code="case-file-invalid")
    check_references(parts, elsewhere=True)
    check_about(parts)
    return parts
