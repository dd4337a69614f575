from typing import Any

from tests.casefile.readiness.pairs import CHILD, WITHDRAWN, Pair, Sections, ago, child, one
from tests.casefile.samples import ref


def outcome(**fields: Any) -> Sections:
    return one("outcomes", what="Invented outcome.", **fields)


def plan(**fields: Any) -> Sections:
    return one("plans", **{"kind": "child_protection", **fields})


def lacking(field: str, value: Any) -> Pair:
    return Pair(
        f"/outcomes/0/{field}",
        outcome(),
        [outcome(**{field: value}), outcome(status="achieved"), outcome(withdrawn=WITHDRAWN)],
    )


def judged(*codes: str) -> list[dict[str, Any]]:
    """Progress of these codes, the latest last, but the file has it the other way round."""
    return [{"on": ago(40 * n), "code": code} for n, code in enumerate(reversed(codes), 1)]


REVIEWS = [{"id": ref("review 1"), "on": ago(200)}, {"id": ref("review 2"), "on": ago(20)}]
REVIEWED = plan(reviews=REVIEWS)
OF_IT = {"plan": ref("plans")}

PAIRS = {
    "child-without-plan": Pair(
        "/plans",
        child(transfer_type="cp_permanent"),
        [
            child(transfer_type="cp_permanent") | plan(),
            child(transfer_type="child_in_need"),
            child(transfer_type="cp_permanent", scope="information_only"),
        ],
        child=CHILD,
    ),
    "child-without-outcome": Pair(
        "/outcomes",
        plan(children=[CHILD]),
        [plan() | outcome(), plan() | outcome(status="achieved"), plan(end=ago(3))],
        child=CHILD,
    ),
    "plan-without-contingency": Pair(
        "/plans/0/contingency",
        plan(),
        [
            plan(contingency="Invented."),
            plan(bottom_lines=["Invented."]),
            plan(kind="early_help"),
            plan(end=ago(3)),
        ],
    ),
    "review-overdue": Pair(
        "/plans/0/next_review_due",
        plan(next_review_due=ago(30), reviews=REVIEWS[:1]),
        [
            plan(next_review_due=ago(30), reviews=REVIEWS),
            plan(next_review_due=ago(20), reviews=REVIEWS),
            plan(next_review_due="2031-06"),
        ],
    ),
    "core-group-overdue": Pair(
        "/plans/0/next_core_group_on",
        plan(next_core_group_on=ago(1)),
        [plan(next_core_group_on=ago(0)), plan(), plan(next_core_group_on=ago(1), end=ago(0))],
    ),
    "outcome-without-risk": lacking("risk", "Invented risk."),
    "outcome-without-consequence": lacking("consequence", "Invented."),
    "outcome-without-measure": lacking("measure", "Invented."),
    "outcome-without-owner": lacking("owner", {"role": "Invented"}),
    "outcome-without-date": lacking("due_on", "2031-09"),
    "outcome-past-its-date": Pair(
        "/outcomes/0/progress",
        outcome(due_on=ago(30), progress=judged("improved")),
        [
            outcome(due_on=ago(50), progress=judged("improved")),
            outcome(due_on=ago(40), progress=judged("improved")),
            outcome(due_on="2031"),
            outcome(due_on=ago(30), progress=judged("worse", "worse")),
        ],
    ),
    "outcome-never-judged": Pair(
        "/outcomes/0/progress",
        REVIEWED | outcome(**OF_IT, progress=judged("not_reviewed")),
        [
            REVIEWED | outcome(**OF_IT, progress=judged("worse")),
            plan(reviews=REVIEWS[:1]) | outcome(**OF_IT),
        ],
    ),
    "outcome-no-better": Pair(
        "/outcomes/0/progress",
        outcome(progress=judged("improved", "unchanged", "not_reviewed", "worse")),
        [
            outcome(progress=judged("unchanged")),
            outcome(progress=judged("unchanged", "unchanged", "improved")),
            outcome(progress=judged("unchanged", "improved", "unchanged")),
        ],
    ),
}
