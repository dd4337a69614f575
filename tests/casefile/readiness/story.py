"""The Fabulums: an INVENTED case with the seven failings of the review. Nobody in it exists.

A girl of fourteen months and her half-brother of seven are on a plan for neglect. They have moved
twice; the second time nobody told the new area for weeks. Every name, day and word is made up.
"""

from typing import Any

from tests.casefile.readiness.pairs import ago
from tests.casefile.samples import ref

WREN, TOBY = ref("Wren"), ref("Toby")
MOTHER, FATHER = ref("mother"), ref("father")


def _entries(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": ref(f"fabulum {n} {sorted(e)}"), **e} for n, e in enumerate(entries)]


def fabulums() -> dict[str, Any]:
    """The case file, as JSON."""
    return {"v": 1, "fictional": True, **_family(), **_plan(), **_happened(), **_meetings()}


def _family() -> dict[str, Any]:
    half = "half_sibling"
    return {
        "children": [
            {
                "id": WREN,
                "status": "living",
                "transfer_type": "cp_permanent",
                "names": [{"kind": "legal", "full": "Wren Fabulum (invented)"}],
                "born_on": ago(425),
                "siblings": [{"child": TOBY, "relation": half}],
                "lives_with": [MOTHER],
            },
            {
                "id": TOBY,
                "status": "living",
                "transfer_type": "cp_permanent",
                "names": [{"kind": "legal", "full": "Toby Fabulum (invented)"}],
                "born_on": ago(2600),
                "lives_with": [MOTHER],
            },
        ],
        "people": [
            {
                "id": MOTHER,
                "household": True,
                "relationships": [
                    {"child": WREN, "relation": "mother", "carer": True},
                    {"child": TOBY, "relation": "mother", "carer": True},
                ],
                "strengths": [{"what": "Warm, on good days."}],
                "risks": [{"what": "Leaves the children to people she hardly knows."}],
                "engagement": [{"level": "inconsistent", "on": ago(30)}],
            },
            # On the list as a name: he has Wren every other weekend, and nobody has spoken to him.
            {"id": FATHER, "relationships": [{"child": WREN, "relation": "father"}]},
        ],
        "professionals": _entries(
            {"role": "Social worker", "agency": "childrens_social_care", "phone": "01632 960001"},
            {"role": "Family worker", "agency": "childrens_centre", "after_move": "ends"},
        ),
        "addresses": _entries({"children": [WREN, TOBY], "confirmed": "reported"}),
        "moves": _entries(
            {"moved_on": ago(35)}, {"moved_on": ago(300), "effect": "Lost her centre."}
        ),
        "worker_changes": _entries({"on": ago(290), "role": "Health visitor"}),
    }


def _plan() -> dict[str, Any]:
    plan = ref("plan of the fabulums")
    reviews = _entries({"on": ago(200)}, {"on": ago(60)})
    stuck = [{"on": review["on"], "code": "unchanged"} for review in reviews]
    return {
        "plans": [
            {
                "id": plan,
                "kind": "child_protection",
                "start": ago(320),
                "latest_categories": [{"scheme": "england", "code": "neglect"}],
                "reviews": reviews,
            }
        ],
        "outcomes": _entries(
            {"plan": plan, "what": "The children are well looked after.", "progress": stuck},
            {"plan": plan, "what": "Mother goes to her appointments.", "owner": {"role": "Mother"}},
        ),
        "risk_assessments": _entries({"on": ago(310), "level": "moderate"}),
        "supervision": _entries({"on": ago(150), "decisions": "Visits to be up to date."}),
    }


def _happened() -> dict[str, Any]:
    social_care = "childrens_social_care"
    return {
        "chronology": _entries(
            {"when": {"start": ago(320)}, "agency": social_care, "what": "Plan began."},
            {
                "when": {"start": ago(90)},
                "agency": social_care,
                "kind": "unsafe_supervision",
                "significance": "significant",
                "what": "Wren found in the bath with nobody but Toby in the room.",
                "explanation": "Mother says that she had only just gone out.",
                "people": [MOTHER],
            },
            {
                "when": {"start": ago(80)},
                "agency": social_care,
                "kind": "substance_misuse",
                "what": "Mother smelt of alcohol at noon.",
                "people": [MOTHER],
            },
        ),
        "concerns": _entries(
            {
                "kind": "allegation",
                "what": "Toby said at the centre that a visitor had shaken Wren.",
                "raised_at": ago(40),
                "raised_by": {"agency": "childrens_centre"},
                "explanation": "Mother says that he makes things up.",
            },
            {
                "kind": "physical_signs",
                "what": "A bruise on Wren's cheek.",
                "status": "closed",
                "closed": {"on": ago(110), "reason": "unsubstantiated"},
            },
        ),
        "contacts": _entries(
            {"at": ago(45), "seen": [{"child": c, "seen": True} for c in (WREN, TOBY)]}
        ),
    }


def _meetings() -> dict[str, Any]:
    mother_only = [{"person": MOTHER, "attendance": "present"}]
    return {
        "meetings": _entries(
            {"kind": "review_conference", "at": ago(60), "parents": mother_only},
            {
                "kind": "core_group",
                "at": ago(50),
                "minutes": {"status": "coming", "coming_by": ago(20)},
            },
        )
    }
