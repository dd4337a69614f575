from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.samples import ref

BABY = child(born_on=ago(400))
FIVE_TODAY = child(born_on="2026-06-02")


def worker(**fields: Any) -> Sections:
    return one("professionals", **{"role": "Invented", "agency": "nursery", **fields})


def registered(kind: str, **fields: Any) -> Sections:
    return worker() | one("registrations", person=CHILD, kind=kind, **fields)


PAIRS = {
    "professionals-absent": Pair("/professionals", worker(involvement="former"), [worker()]),
    "lead-worker-not-named": Pair("/professionals", worker(), [worker(lead_worker=True), {}]),
    "professional-without-contact": Pair(
        "/professionals/0/phone",
        worker(),
        [worker(phone="01632 960000"), worker(email="a@example.org"), worker(involvement="former")],
    ),
    "professional-after-move-not-said": Pair(
        "/professionals/0/after_move",
        worker(after_move="not_known"),
        [worker(after_move="ends"), worker(successor={"role": "Invented"})],
    ),
    "professional-not-told-of-move": Pair(
        "/professionals/0/contacted",
        worker(after_move="needs_successor"),
        [
            worker(after_move="needs_successor", contacted={"on": ago(1)}),
            worker(after_move="needs_successor", agency="childrens_social_care"),
            worker(after_move="ends"),
        ],
    ),
    "child-without-gp": Pair(
        "/professionals",
        registered("dentist") | one("services", agency="hospital", status="current"),
        [
            registered("gp"),
            worker(agency="gp"),
            {},
            worker() | one("services", agency="gp", status="current"),
            child(status="unborn", born_on=None) | worker(),
        ],
        child=CHILD,
    ),
    "child-without-health-visitor": Pair(
        "/professionals",
        BABY | worker(),
        [
            BABY | worker(agency="health_visiting"),
            BABY | registered("health_visiting"),
            FIVE_TODAY | worker(),
        ],
        child=CHILD,
    ),
    "child-without-school": Pair(
        "/professionals",
        FIVE_TODAY | worker(),
        [
            worker(agency="school"),
            registered("school", status="not_registered"),
            BABY | worker(),
            child(born_on="2015-06-02") | worker(),  # sixteen today
        ],
        child=CHILD,
    ),
    "siblings-missing": Pair(
        "/children/0/siblings",
        {"children": [*child()["children"], {"id": ref("b"), "status": "died"}]},
        [
            {},
            {
                "children": [
                    *child()["children"],
                    {
                        "id": ref("b"),
                        "status": "living",
                        "siblings": [{"child": CHILD, "relation": "half_sibling"}],
                    },
                ]
            },
        ],
        child=CHILD,
    ),
    "unborn-child-without-date": Pair(
        "/children/0/expected_on",
        child(status="unborn", born_on=None),
        [child(status="unborn", born_on=None, expected_on="2031-09"), {}],
        child=CHILD,
    ),
}
