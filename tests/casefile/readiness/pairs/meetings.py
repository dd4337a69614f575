from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.readiness.pairs.concerns import of as concern
from tests.casefile.readiness.pairs.outcomes import judged, outcome
from tests.casefile.readiness.pairs.people import father, person
from tests.casefile.samples import attachment, ref

PAPER = {"attachments": [attachment()]}
HEALTH = {"agency": "health_visiting"}


def met(kind: str = "core_group", days: int = 40, **fields: Any) -> Sections:
    return one("meetings", **{"kind": kind, "at": ago(days), **fields})


def asked(**fields: Any) -> Sections:
    return one("meetings", kind="professionals_meeting", status="asked_for", **fields)


def minutes(status: str, **fields: Any) -> Sections:
    return met(minutes={"status": status, **fields})


def sent(*recipients: dict[str, Any], days: int = 40) -> Sections:
    paper = {"status": "included", "attachment": 1, "distribution": list(recipients)}
    return met(days=days, minutes=paper) | PAPER


def parents(**fields: Any) -> dict[str, Any]:
    return {"parents": [{"person": ref("people"), "attendance": "absent", **fields}]}


WHERE = "/meetings/0/minutes"
PAIRS = {
    "meeting-without-minutes": Pair(
        WHERE,
        met(attachments=[1]) | {"attachments": [attachment(kind="report")]},
        [
            met(minutes={"status": "coming"}),
            met(days=20),
            met(status="planned"),
            met("legal_planning"),
            met(days=500),
            met(attachments=[1]) | PAPER,
            met("review_conference", 500, minutes={"status": "coming"}),
        ],
    ),
    "minutes-without-date": Pair(
        f"{WHERE}/coming_by", minutes("coming"), [minutes("coming", coming_by=ago(-3)), met()]
    ),
    "minutes-overdue": Pair(
        f"{WHERE}/coming_by",
        minutes("coming", coming_by=ago(1)),
        [
            minutes("coming", coming_by=ago(0)),
            minutes("coming"),
            minutes("not_taken", coming_by=ago(1)),
        ],
    ),
    "minutes-not-explained": Pair(
        f"{WHERE}/reason",
        minutes("withheld"),
        [minutes("not_taken", reason="Invented."), minutes("coming")],
        also=(minutes("not_taken"),),
    ),
    "minutes-not-shared": Pair(
        f"{WHERE}/distribution", sent(), [sent({"who": HEALTH}), sent(days=9)]
    ),
    "minutes-not-sent-to-all": Pair(
        f"{WHERE}/distribution/1/sent_at",
        sent({"who": HEALTH, "sent_at": ago(30)}, {"who": HEALTH}),
        [sent({"who": HEALTH, "sent_at": ago(30)}), sent({"who": HEALTH}, days=9)],
    ),
    "minutes-not-confirmed": Pair(
        f"{WHERE}/distribution/0/confirmed_at",
        sent({"who": HEALTH, "sent_at": ago(30)}),
        [
            sent({"who": HEALTH, "sent_at": ago(30), "confirmed_at": ago(29)}),
            sent({"who": HEALTH, "sent_at": ago(3)}),
            father() | sent({"who": {"person": ref("people")}, "sent_at": ago(30)}),
        ],
    ),
    "father-not-asked-to-conference": Pair(
        "/meetings/0/parents",
        father() | met("review_conference", **parents()),
        [
            father() | met("review_conference", **parents(why_not="Invented.")),
            father() | met("review_conference", **parents(attendance="apologies")),
            father() | met("review_conference"),
            father(died_on=ago(900)) | met("review_conference", **parents()),
            person({"child": CHILD, "relation": "uncle"}) | met("review_conference", **parents()),
        ],
        child=CHILD,
        also=(father() | met("review_conference", **parents(attendance="not_invited")),),
    ),
    "meeting-asked-for-and-not-fixed": Pair(
        "/meetings/0/at",
        asked(asked_for_on=ago(8)),
        [asked(asked_for_on=ago(7)), asked(asked_for_on=ago(8), at=ago(-2)), asked()],
    ),
    "meeting-refused-without-reason": Pair(
        "/meetings/0/refused_reason",
        met(status="refused"),
        [met(status="refused", refused_reason="Invented."), met(days=800, status="cancelled")],
        also=(met(status="cancelled"),),
    ),
    "professionals-only-without-reason": Pair(
        "/meetings/0/professionals_only_reason",
        met(professionals_only=True),
        [met(professionals_only=True, professionals_only_reason="Invented."), met()],
    ),
    "professionals-never-met-alone": Pair(
        "/meetings",
        concern() | met("strategy_discussion", 731),
        [
            concern() | asked(),
            concern() | met("strategy_discussion", 730),
            concern() | met(professionals_only=True),
            outcome(progress=judged("improved", "unchanged")),
            concern() | child(scope="information_only"),
        ],
    ),
}
