from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.readiness.pairs.concerns import of as concern
from tests.casefile.samples import attachment, ref

SOURCE = {"role": "Invented"}


def events(*found: dict[str, Any]) -> Sections:
    """Events of two agencies, each some days ago."""
    return {
        "chronology": [
            {
                "id": ref(f"event {number}"),
                "agency": ("gp", "police")[number % 2],
                "what": "Invented event.",
                **{key: value for key, value in fields.items() if key != "days"},
                "when": {"start": ago(fields.get("days", 10))},
            }
            for number, fields in enumerate(found)
        ]
    }


def incident(days: int = 30, **fields: Any) -> Sections:
    return events({"days": days, "kind": "injury", "significance": "significant", **fields})


def assessed(days: int, **fields: Any) -> Sections:
    return one("risk_assessments", on=ago(days), **fields)


BORN = child(born_on=ago(700))
SIGNIFICANT = {"significance": "significant"}
PAIRS = {
    "chronology-absent": Pair(
        "/chronology", {}, [events({}), {"attachments": [attachment(kind="chronology")]}]
    ),
    "chronology-of-one-agency": Pair(
        "/chronology",
        events(
            {"agency": "childrens_social_care"},
            {"agency": "other_authority"},
            {"agency": "family"},
        ),
        [events({}, {}), {}],
    ),
    "chronology-without-sources": Pair(
        "/chronology",
        events({}, SIGNIFICANT, {**SIGNIFICANT, "source": SOURCE}, SIGNIFICANT),
        [
            events({}),
            events({**SIGNIFICANT, "source": SOURCE}, SIGNIFICANT),
            events({**SIGNIFICANT, "agency_name": "Invented"}),
            events({**SIGNIFICANT, "provenance": {"system": "Invented"}}),
            events({**SIGNIFICANT, "attachments": [1]}) | {"attachments": [attachment()]},
        ],
        because="/chronology/1",
    ),
    "chronology-starts-late": Pair(
        "/chronology",
        BORN | events({"days": 700 - 184}, {"days": 3}),
        [
            BORN | events({"days": 700 - 183}),
            BORN | events({"days": 690, "children": [CHILD]}),
            child(born_on=None) | events({}),
            BORN,
            child(status="unborn", born_on=None, expected_on=ago(-30)) | events({}),
        ],
        child=CHILD,
    ),
    "chronology-with-a-hole": Pair(
        "/chronology",
        events({"days": 5}, {"days": 300}, {"days": 100}),
        [
            events({"days": 5}, {"days": 5 + 183}),
            events({"days": 2000}, {"days": 600}, {"days": 500}),
        ],
        because="/chronology/1",
    ),
    "chronology-stops-early": Pair(
        "/chronology",
        events({"days": 61}, {"days": 90}),
        [events({"days": 60}, {"days": 90}), {}],
        because="/chronology/0",
    ),
    "incident-without-action": Pair(
        "/chronology/0/action",
        incident(),
        [
            incident(action="Invented."),
            incident(no_action_reason="Invented."),
            incident(result="Invented."),
            incident(concern=ref("concerns")) | concern(),
            incident(kind="change_of_address"),
            incident(impact="positive"),
            incident(days=800),
            incident(significance="routine"),
        ],
    ),
    "incident-explanation-unchecked": Pair(
        "/chronology/0/explanation_checked",
        incident(explanation="Invented."),
        [
            incident(explanation="Invented.", explanation_checked="Invented."),
            incident(),
            incident(explanation="Invented.", significance="routine"),
            incident(explanation="Invented.", days=731),
            incident(explanation="Invented.", concern=ref("concerns")) | concern(),
        ],
    ),
    "risk-assessment-absent": Pair(
        "/risk_assessments",
        assessed(-1),
        [assessed(0), assessed(9, children=[CHILD]), child(status="died")],
        child=CHILD,
    ),
    "risk-not-looked-at-again": Pair(
        "/risk_assessments",
        assessed(60) | incident(30),
        [
            assessed(30) | incident(30),
            assessed(60) | incident(30, impact="positive"),
            assessed(60) | incident(30, kind="conference"),
            assessed(60) | incident(30, significance="routine"),
            one("risk_assessments", on="2031-05") | incident(20),
            assessed(60) | incident(-3),
            assessed(60) | concern(raised_at=ago(61)),
            assessed(60) | concern(raised_at=ago(-1)),
            assessed(60) | concern(raised_at=ago(9), status="closed"),
        ],
        child=CHILD,
        because="/chronology/0",
    ),
    "risk-assessment-without-risks": Pair(
        "/risk_assessments/0/risks",
        assessed(9),
        [
            assessed(9, risks=["Invented."]),
            assessed(9, attachments=[1]) | {"attachments": [attachment()]},
            {},
        ],
    ),
}
