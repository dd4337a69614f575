from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.samples import ref

WORKER = one("professionals", role="Invented", agency="childrens_social_care")
OTHER = {"id": ref("baby"), "status": "living", "born_on": ago(400)}


def of(**fields: Any) -> Sections:
    return one("concerns", **{"kind": "allegation", "what": "Invented concern.", **fields})


def closed(reason: str = "unsubstantiated", **fields: Any) -> Sections:
    return of(status="closed", closed={"on": ago(100), "reason": reason}, **fields)


def told(*agencies: str, **fields: Any) -> dict[str, Any]:
    return {"shared_with": [{"who": {"agency": agency}, **fields} for agency in agencies]}


def spoken(**fields: Any) -> dict[str, Any]:
    return {"spoken_to": [{"child": CHILD, **fields}]}


def doing(**fields: Any) -> Sections:
    return one("actions", what="Invented.", concern=ref("concerns"), **fields)


def at(field: str) -> str:
    return f"/concerns/0/{field}"


BABY = child(born_on=ago(400))
PAIRS = {
    "concern-not-shared": Pair(
        at("shared_with"), of(), [of(**told("police")), of(status="closed")]
    ),
    "concern-not-with-social-worker": Pair(
        at("shared_with"),
        of(**told("police", "gp")),
        [
            of(**told("police", "childrens_social_care")),
            of(shared_with=[{"who": {"person": ref("professionals")}}]) | WORKER,
            of(**told("police"), raised_by={"agency": "childrens_social_care"}),
            of(**told("police"), next_step_owner={"agency": "emergency_duty_team"}),
            of(**told("police"), **spoken(alone=True, by={"agency": "childrens_social_care"})),
            of(shared_with=[{"who": {"name": "Invented, of an agency nobody wrote down"}}]),
        ],
    ),
    "concern-not-confirmed-heard": Pair(
        at("shared_with/0/heard"),
        of(**told("police")),
        [of(**told("police", heard=True)), of(**told("police", answer="Invented.")), of()],
    ),
    "concern-without-response": Pair(
        at("response"),
        of(),
        [
            of(response="Invented."),
            of(done="Invented."),
            of(strategy_discussion_on=ago(3)),
            of(section_47_started_on=ago(3)),
        ],
    ),
    "concern-without-next-step": Pair(
        at("next_step"), of(), [of(next_step="Invented."), of() | doing(), closed()]
    ),
    "concern-next-step-without-owner": Pair(
        at("next_step_owner"),
        of(next_step="Invented."),
        [
            of(next_step="Invented.", next_step_owner={"role": "Invented"}),
            of() | doing(owner={"role": "Invented"}),
            of(),
        ],
    ),
    "concern-next-step-without-date": Pair(
        at("next_step_due"),
        of() | doing(),
        [of(next_step="Invented.", next_step_due=ago(-1)), of() | doing(due_on=ago(-1)), of()],
    ),
    "concern-next-step-overdue": Pair(
        at("next_step_due"),
        of(next_step_due=ago(1)),
        [of(next_step_due=ago(0)), of(next_step_due="2031-06"), closed(next_step_due=ago(1))],
    ),
    "concern-explanation-unchecked": Pair(
        at("explanation_checked"),
        of(explanation="Invented."),
        [of(explanation="Invented.", explanation_checked="Invented."), of()],
    ),
    "marks-without-medical": Pair(
        at("medical"),
        of(physical_signs="Invented."),
        [of(kind="physical_signs", medical="Invented."), of()],
    ),
    "child-not-spoken-to-alone": Pair(
        at("spoken_to"),
        of(**spoken(alone=False, why_not="not_attempted")),
        [
            of(**spoken(alone=True)),
            of(**spoken(alone=False, why_not="child_declined")),
            of(**spoken(why_not="other", why_not_words="Invented.")),
            of() | BABY,
            of() | child(status="unborn", born_on=None),
            of() | child(scope="information_only"),
            of() | child(status="died"),
            of() | child(status="missing"),
            of() | child(transfer_type="information_only"),
            of() | child(born_on="2028-06-03"),  # three tomorrow
            closed(),
        ],
        child=CHILD,
    ),
    "young-child-not-seen": Pair(
        at("spoken_to"),
        BABY | of(raised_at=ago(5), spoken_to=[{"child": CHILD, "seen": True, "on": ago(9)}]),
        [
            BABY | of(raised_at=ago(5), **spoken(seen=True)),
            of(raised_at=ago(5)),
            BABY
            | of(raised_at=ago(5))
            | one("contacts", at=ago(2), seen=[{"child": CHILD, "seen": True}]),
            child(status="unborn", born_on=None) | of(raised_at=ago(5)),
        ],
        child=CHILD,
    ),
    "concern-closed-as-not-enough-evidence": Pair(
        at("done"),
        closed(response="Invented."),
        [closed(done="Invented."), closed("resolved"), of()],
    ),
    "concern-closed-without-hearing-the-child": Pair(
        at("spoken_to"),
        closed(),
        [
            closed(**spoken(alone=True)),
            closed(**spoken(why_not="advised_to_wait")),
            closed() | child(born_on="2028-03"),  # three today, but not when it was closed
            closed("false"),
        ],
        child=CHILD,
    ),
    "concern-closed-without-reason": Pair(at("closed"), of(status="closed"), [closed(), of()]),
}
