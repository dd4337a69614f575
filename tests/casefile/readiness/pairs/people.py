from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.samples import ref

FATHER: dict[str, Any] = {"child": CHILD, "relation": "father"}
MOTHER: dict[str, Any] = {"child": CHILD, "relation": "mother"}
POINT = [{"what": "Invented."}]
SPOKE = [{"level": "refuses"}]
ORDER = {"kind": "police_bail", "terms": "Invented.", "protects": [CHILD]}


def person(*relationships: dict[str, Any], **fields: Any) -> Sections:
    return one("people", relationships=list(relationships), **fields)


def father(**fields: Any) -> Sections:
    return person(FATHER, **fields)


def also(*relationships: dict[str, Any], **fields: Any) -> Sections:
    """A father, and someone else."""
    other = {"id": ref("other"), "relationships": list(relationships), **fields}
    return {"people": [*father()["people"], other]}


def missing(**fields: Any) -> Sections:
    return child(father_missing=fields)


def readings(code: str, field: str) -> dict[str, Pair]:
    def read(*found: dict[str, Any], **fields: Any) -> Sections:
        made = [{"on": ago(9), "what": "Invented.", "level": "low", **one} for one in found]
        return person(MOTHER, **{field: made}, **fields)

    event = {"when": {"start": ago(90)}, "agency": "gp", "what": "Invented."}
    happened = one("chronology", kind=field, people=[ref("people")], **event)
    where = f"/people/0/{field}"
    older = {"on": ago(300)}
    return {
        f"{code}-level-not-known": Pair(
            where,
            read({"level": "not_known"}),
            [read({}), read(older | {"level": "not_known"}, {})],
        ),
        f"{code}-trend-not-said": Pair(
            where,
            read(older | {"trend": "stable"}, {}),
            [read({"trend": "stable"}), read({"level": "none"}), read({}, died_on=ago(2))],
        ),
        f"{code}-out-of-date": Pair(
            where,
            read(older),
            [read(older, {}), read({"on": "2030-12"}), read({"level": "none", "on": "2030"})],
        ),
        f"{code}-only-in-the-chronology": Pair(
            where,
            happened | person(MOTHER),
            [
                happened | read({}),
                one("chronology", kind="birth", people=[ref("people")], **event) | person(MOTHER),
                happened | person(MOTHER, died_on=ago(2)),
            ],
            because="/chronology/0",
        ),
    }


PAIRS = {
    "father-absent": Pair(
        "/children/0/father_missing",
        person(MOTHER),
        [
            father(),
            father(died_on=ago(900)),
            person({"child": CHILD, "relation": "other", "male_carer": True}),
            missing(reason="unknown"),
            child(status="died"),
            child(scope="information_only"),
        ],
        child=CHILD,
    ),
    "father-not-named": Pair(
        "/children/0/father_missing",
        person({"child": CHILD, "relation": "mothers_partner"}),
        [
            father(),
            person({"child": CHILD, "relation": "adoptive_father"}),
            person({"child": CHILD, "relation": "mothers_partner"}) | missing(reason="unknown"),
            person(MOTHER),
        ],
        child=CHILD,
    ),
    "father-search-not-said": Pair(
        "/children/0/father_missing/next_step",
        missing(reason="unknown", detail="Invented."),
        [
            missing(reason="not_sought", next_step="Invented."),
            missing(reason="withheld_for_safety"),
            missing(reason="sought_not_found", detail="Invented."),
            father(),
        ],
        child=CHILD,
    ),
    "father-not-included": Pair(
        "/people/0/engagement",
        father(),
        [
            father(engagement=SPOKE),
            father(views="Invented."),
            father(died_on=ago(900)),
            person(MOTHER),
            person(FATHER, {"child": CHILD, "relation": "alleged_harmer"}),
        ],
    ),
    "paternal-family-not-considered": Pair(
        "/people",
        father(restrictions=[{**ORDER, "expires_on": ago(1)}]),
        [
            also({"child": CHILD, "relation": "paternal_grandmother"}),
            also({"child": CHILD, "relation": "aunt"}),
            father() | one("meetings", kind="family_group_conference"),
            father() | one("assessments", kind="connected_person"),
            father(restrictions=[{**ORDER, "expires_on": ago(0)}]),
            missing(reason="unknown"),
        ],
        child=CHILD,
    ),
    "father-responsibility-unclear": Pair(
        "/people/0/relationships/0",
        person({**FATHER, "parental_responsibility": "not_known"}),
        [
            person({**FATHER, "parental_responsibility": "no"}),
            person(
                {**FATHER, "parental_responsibility": "no"},
                {"child": CHILD, "relation": "former_partner_of_parent"},
            ),
            person(MOTHER),
        ],
        child=CHILD,
    ),
    "carer-without-strengths": Pair(
        "/people/0/strengths",
        father(risks=POINT),
        [
            father(risks=POINT, strengths=POINT),
            person({"child": CHILD, "relation": "neighbour"}, risks=POINT),
            father(risks=POINT, died_on=ago(9)),
        ],
    ),
    "carer-without-risks": Pair(
        "/people/0/risks",
        person({"child": CHILD, "relation": "aunt", "carer": True}, strengths=POINT),
        [father(risks=POINT, strengths=POINT), father()],
    ),
    "carer-not-assessed": Pair(
        "/people/0/strengths",
        person(MOTHER),
        [person(MOTHER, risks=POINT), person({"child": CHILD, "relation": "uncle"})],
    ),
    **readings("substance-misuse", "substance_misuse"),
    **readings("mental-health", "mental_health"),
}
