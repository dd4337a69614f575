"""Questions for a handover by document: one for each theme that is left to the documents.

A document reference to the section answers it, and so does a gap of the section.
"""

from collections.abc import Callable, Iterator

from app.casefile.model.codes import SectionName
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.neglect import neglected
from app.casefile.readiness.rule import rule

_SOURCE = "Practice: the least that a handover needs is a notification and its documents"


def _asks(section: SectionName) -> Callable[[Case], Iterator[Place]]:
    """Ask about a section, where it is left to the documents."""

    def ask(case: Case) -> Iterator[Place]:
        if case.left_to_documents(section):
            yield case.nowhere(section)

    return ask


outcomes = rule(
    "outcomes-in-which-document", "high", "risks-and-consequences", "attachments",
    what="The outcomes of the plan are left to the documents.",
    question="Where in the documents is each outcome's specific risk, measure, owner, date and "
    "consequence: which document and page?",
    source=_SOURCE,
)(_asks("outcomes"))  # fmt: skip
plan = rule(
    "plan-in-which-document", "medium", "plans-and-minutes-late", "attachments",
    what="The plan is left to the documents.",
    question="Which document is the plan, and what happens if it does not work?",
    source=_SOURCE,
)(_asks("plans"))  # fmt: skip
concerns = rule(
    "concerns-in-which-document", "high", "not-enough-evidence", "attachments",
    what="Open concerns are left to the documents.",
    question="Is any allegation or sign of harm open? Where in the documents is each: which "
    "document and page, was the child spoken to alone, and what is next?",
    source=_SOURCE,
)(_asks("concerns"))  # fmt: skip
risk = rule(
    "risk-in-which-document", "high", "risk-after-incidents", "attachments",
    what="The risk assessment is left to the documents.",
    question="Where in the documents is the latest risk assessment, and what has happened since?",
    source=_SOURCE,
)(_asks("risk_assessments"))  # fmt: skip
seen = rule(
    "visits-in-which-document", "high", "child-spoken-to-alone", "attachments",
    what="Visits to the children are left to the documents.",
    question="Who last saw each child, and alone, and where in the documents is it?",
    source=_SOURCE,
)(_asks("contacts"))  # fmt: skip
people = rule(
    "family-in-which-document", "high", "father-left-out", "attachments",
    what="The family is left to the documents.",
    question="Where in the documents are each child's father or male carer, his family, and each "
    "carer's strengths and risks: which document and page?",
    source=_SOURCE,
)(_asks("people"))  # fmt: skip
chronology = rule(
    "chronology-in-which-document", "medium", "no-shared-chronology", "attachments",
    what="The chronology is left to the documents.",
    question="Which document is the chronology, and does it hold all agencies' events from birth?",
    source=_SOURCE,
)(_asks("chronology"))  # fmt: skip
network = rule(
    "professionals-in-which-document", "medium", "starting-again", "attachments",
    what="The professionals are left to the documents.",
    question="Where in the documents is the list of professionals with telephone numbers: which "
    "document and page?",
    source=_SOURCE,
)(_asks("professionals"))  # fmt: skip
meetings = rule(
    "minutes-in-which-document", "medium", "plans-and-minutes-late", "attachments",
    what="The meetings are left to the documents.",
    question="Which documents are the minutes of which meeting, which are missing, and who has "
    "had them?",
    source=_SOURCE,
)(_asks("meetings"))  # fmt: skip
supervision = rule(
    "supervision-in-which-document", "low", "reflective-supervision", "attachments",
    what="Supervision is left to the documents.",
    question="Where in the documents is it said what a day is like for each child?",
    source=_SOURCE,
)(_asks("supervision"))  # fmt: skip
addresses = rule(
    "addresses-in-which-document", "medium", "lost-across-boundaries", "attachments",
    what="The addresses are left to the documents.",
    question="Where do the children live now, who has confirmed it, and who must not know: which "
    "document and page?",
    source=_SOURCE,
)(_asks("addresses"))  # fmt: skip
legal = rule(
    "legal-status-in-which-document", "low", "lost-across-boundaries", "attachments",
    what="The legal status of the children is left to the documents.",
    question="Where in the documents is each child's legal status: which document and page?",
    source=_SOURCE,
)(_asks("legal"))  # fmt: skip


@rule(
    "moves-in-which-document", "low", "starting-again", "attachments",
    what="This move and those before it are left to the documents.",
    question="Where in the documents is it said when and why the family moved, and what that does "
    "to the risk?",
    source=_SOURCE,
)  # fmt: skip
def moves(case: Case) -> Iterator[Place]:
    # Where the addresses are left to them too, one question about places is enough.
    if case.left_to_documents("moves") and not case.left_to_documents("addresses"):
        yield case.nowhere("moves")


@rule(
    "neglect-tool-in-which-document", "medium", "neglect-tool", "attachments",
    what="The neglect tool is left to the documents, and a child is on a plan for neglect.",
    question="Was a neglect tool used, more than once, and where in the documents is it?",
    source=_SOURCE,
)  # fmt: skip
def neglect_tool(case: Case) -> Iterator[Place]:
    if case.left_to_documents("neglect_grades") and any(neglected(case)):
        yield case.nowhere("neglect_grades")
