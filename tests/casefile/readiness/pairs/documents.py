from typing import Any

from tests.casefile.readiness.pairs import Pair, Sections
from tests.casefile.readiness.pairs.chronology import assessed, events
from tests.casefile.readiness.pairs.concerns import of as concern
from tests.casefile.readiness.pairs.meetings import met
from tests.casefile.readiness.pairs.network import worker
from tests.casefile.readiness.pairs.outcomes import outcome, plan
from tests.casefile.readiness.pairs.people import father
from tests.casefile.readiness.pairs.places import home, legal
from tests.casefile.readiness.pairs.work import NEGLECT, graded, moved, supervised, visited
from tests.casefile.samples import attachment

PAPERS = {"attachments": [attachment(kind="other")]}
PHOTOGRAPH = {"attachments": [attachment(kind="photograph")]}


def left(section: str, typed: Sections, beside: Sections | None = None) -> Pair:
    """Asked where nothing is typed and a document may hold it, and not otherwise."""
    rest = beside or {}
    said: dict[str, Any] = {"about": {"section": section}, "attachment": 1, "page": 3}
    return Pair(
        f"/{section}",
        PAPERS | rest,
        [
            PAPERS | typed,
            PHOTOGRAPH | rest,
            rest,
            PAPERS | rest | {"document_references": [said]},
        ],
    )


PAIRS = {
    "outcomes-in-which-document": left("outcomes", outcome()),
    "plan-in-which-document": left("plans", plan()),
    "concerns-in-which-document": left("concerns", concern()),
    "risk-in-which-document": left("risk_assessments", assessed(3)),
    "visits-in-which-document": left("contacts", visited(3, seen=True)),
    "family-in-which-document": left("people", father()),
    "chronology-in-which-document": left("chronology", events({})),
    "professionals-in-which-document": left("professionals", worker()),
    "minutes-in-which-document": left("meetings", met()),
    "supervision-in-which-document": left("supervision", supervised()),
    "addresses-in-which-document": left("addresses", home()),
    "moves-in-which-document": left("moves", home() | moved(), home()),
    "neglect-tool-in-which-document": left("neglect_grades", NEGLECT | graded(9), NEGLECT),
    "legal-status-in-which-document": left("legal", legal()),
}
