from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.readiness.pairs.outcomes import plan
from tests.casefile.samples import ref

NEGLECT = plan(latest_categories=[{"scheme": "england", "code": "neglect"}])
PHYSICAL = plan(latest_categories=[{"scheme": "england", "code": "physical"}])
HERE, THERE = {"name": "Invented A"}, {"name": "Invented B"}


def supervised(days: int = 30, **fields: Any) -> Sections:
    return one("supervision", on=ago(days), **fields)


def shared(**fields: Any) -> Sections:
    given = {
        "why": "Invented.",
        "lawful_basis": ["public_task"],
        "decided_by": {"role": "Invented"},
        "family_told": "yes",
    }
    return one("sharing", on=ago(1), what="Invented.", **{**given, **fields})


def changed(days: int = 90, **fields: Any) -> Sections:
    return one("worker_changes", on=ago(days), role="Invented", **fields)


def moved(**fields: Any) -> Sections:
    return one("moves", moved_on=ago(4), **fields)


def moves(*found: dict[str, Any]) -> Sections:
    return {"moves": [{"id": ref(f"move {n}"), **fields} for n, fields in enumerate(found)]}


def moved_twice(days: int = 400, **fields: Any) -> Sections:
    return moves({"moved_on": ago(4)}, {"moved_on": ago(days)}) | fields


def assessed(days: int, **fields: Any) -> Sections:
    return one("risk_assessments", on=ago(days), **fields)


def graded(*days: int) -> Sections:
    grade = {"child": CHILD, "tool": "neglect_toolkit", "area": "love", "grade": "3"}
    return {"neglect_grades": [{"id": ref(f"g {d}"), **grade, "assessed_on": ago(d)} for d in days]}


def visited(days: int, **fields: Any) -> Sections:
    return one("contacts", at=ago(days), seen=[{"child": CHILD, **fields}])


def earlier(**fields: Any) -> Sections:
    item = {"what": "Invented.", "child": CHILD, **fields}
    parties = {"from_authority": HERE, "to_authority": THERE}
    return one("earlier_handovers", **parties, open_items=[item])


LIVED = {"lived_experience": "Invented."}
PAIRS = {
    "supervision-absent": Pair("/supervision", {}, [supervised()]),
    "supervision-without-lived-experience": Pair(
        "/supervision",
        {
            "supervision": [
                *supervised(93, **LIVED)["supervision"],
                {"id": ref("to come"), "on": ago(-1), **LIVED},
                {"id": ref("without"), "on": ago(3)},
            ]
        },
        [
            supervised(92, **LIVED),
            supervised(9, **LIVED, children=[CHILD]),
            supervised() | child(status="unborn", born_on=None),
            {},
        ],
        child=CHILD,
    ),
    "sharing-absent": Pair("/sharing", {}, [shared()]),
    "sharing-without-reason": Pair(
        "/sharing/0/lawful_basis", shared(lawful_basis=[]), [shared(), {}]
    ),
    "family-not-told-of-sharing": Pair(
        "/sharing/0/family_told",
        shared(family_told="no"),
        [shared(), shared(family_told="no", not_told_reason="risk_to_child")],
    ),
    "worker-change-without-passing-on": Pair(
        "/worker_changes/0/passed_on",
        changed(),
        [changed(passed_on="Invented."), changed(800)],
    ),
    "earlier-item-left-open": Pair(
        "/earlier_handovers/0/open_items/0/became",
        earlier(),
        [earlier(became="Invented."), {}],
        child=CHILD,
    ),
    "move-absent": Pair("/moves", {}, [moved()]),
    "move-without-effect": Pair(
        "/moves/0/effect",
        moves({"moved_on": ago(4)}, {"moved_on": ago(400), "effect": "Invented."})
        | assessed(5, effect_of_move="Invented."),
        [
            moves({"moved_on": ago(4), "effect": "Invented."}, {"moved_on": ago(400)}),
            moves({"effect": "Invented."}, {"moved_on": ago(4)}),
            moved() | assessed(4, effect_of_move="Invented."),
            moves({}) | assessed(900, effect_of_move="Invented."),
            {},
        ],
    ),
    "risk-of-starting-again-not-named": Pair(
        "/summary/works",
        moved_twice(summary={"what": "Invented."}),
        [
            moved_twice(summary={"what": "Invented.", "works": ["Invented."]}),
            moved_twice(summary={"what": "Invented.", "does_not_work": ["Invented."]}),
            moved_twice(731),
            moved(),
            changed(),
        ],
    ),
    "neglect-tool-absent": Pair(
        "/neglect_grades",
        NEGLECT,
        [NEGLECT | graded(9), PHYSICAL, NEGLECT | child(status="unborn", born_on=None)],
        child=CHILD,
    ),
    "neglect-graded-once": Pair(
        "/neglect_grades",
        NEGLECT | graded(93),
        [NEGLECT | graded(92), NEGLECT | graded(93, 9), NEGLECT],
        child=CHILD,
    ),
    "neglect-grade-out-of-date": Pair(
        "/neglect_grades",
        NEGLECT | graded(300, 184),
        [NEGLECT | graded(300, 183), NEGLECT | graded(300)],
        child=CHILD,
    ),
    "child-not-seen-lately": Pair(
        "/contacts",
        visited(29, seen=True),
        [
            visited(42, seen=True) | child(transfer_type="looked_after"),
            visited(28, seen=True),
            visited(29, seen=True) | plan(visit_every_days=30),
            child(status="missing"),
            child(status="unborn", born_on=None),
        ],
        child=CHILD,
    ),
    "child-not-seen-alone-lately": Pair(
        "/contacts",
        visited(3, seen=True, alone=False, why_not="carer_present"),
        [
            visited(42, alone=True),
            visited(3, why_not="advised_to_wait"),
            visited(3, seen=True, alone=False, why_not="child_declined"),
            visited(3, seen=True) | child(born_on=ago(400)),
            child(status="missing"),
        ],
        child=CHILD,
    ),
    "missing-child-without-episode": Pair(
        "/missing_episodes",
        child(status="missing") | one("missing_episodes", when={"start": ago(50), "end": ago(49)}),
        [child(status="missing") | one("missing_episodes", when={"start": ago(2)}), {}],
        child=CHILD,
    ),
}
