"""Which sections a handover leaves to its documents: they would hold what nobody has typed in."""

from itertools import islice

from app.casefile.live import Live
from app.casefile.model import CaseFile
from app.casefile.model.codes import AttachmentKind, SectionName

_HOLDERS: dict[SectionName, tuple[AttachmentKind, ...]] = {
    "plans": ("plan", "minutes", "report"),
    "outcomes": ("plan", "minutes"),
    "concerns": (
        "minutes", "confidential_minutes", "chronology", "assessment", "report", "referral",
        "police_information",
    ),
    "people": ("assessment", "minutes", "plan", "report", "referral", "genogram"),
    "professionals": ("minutes", "plan", "report", "referral"),
    "chronology": ("chronology", "report", "assessment"),
    "contacts": ("chronology", "report"),
    "risk_assessments": ("risk_assessment", "assessment", "minutes", "report"),
    "neglect_grades": ("assessment", "report"),
    "meetings": ("minutes", "confidential_minutes"),
    "supervision": ("supervision_record",),
    "legal": ("court_document", "minutes", "plan", "report", "assessment"),
    "addresses": ("assessment", "minutes", "plan", "report", "referral"),
    "moves": ("assessment", "minutes", "report", "referral", "letter"),
}  # fmt: skip
"""What kinds of document may hold a section. One of kind `other`, or a form, may hold any."""
_FEW = 5
"""Events typed in beside a chronology that is a document: the last ones, and not the chronology."""


def left_to_documents(case_file: CaseFile, live: Live) -> frozenset[SectionName]:
    """The sections that are empty here and may be in a document; the chronology also when no more
    than a few events are typed in beside one."""
    kinds = {attachment.kind for attachment in case_file.attachments}
    return frozenset(
        section
        for section, holders in _HOLDERS.items()
        if kinds & {*holders, "form", "other"}
        and not _is_typed(case_file, live, section, beside_it="chronology" in kinds)
    )


def _is_typed(case_file: CaseFile, live: Live, section: SectionName, *, beside_it: bool) -> bool:
    enough = _FEW if section == "chronology" and beside_it else 1
    return len(list(islice(live(getattr(case_file, section)), enough))) >= enough
