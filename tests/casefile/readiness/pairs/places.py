from typing import Any

from tests.casefile.readiness.pairs import CHILD, Pair, Sections, ago, child, one
from tests.casefile.samples import ref

CONTACT = {"safe_contact": {"role": "Invented"}}
TO = {"withheld_from_words": "Invented."}


def home(**fields: Any) -> Sections:
    return one("addresses", **{"children": [CHILD], **fields})


def protected(**fields: Any) -> Sections:
    return home(protection={"reason": "domestic_abuse", **fields}, **CONTACT)


def legal(code: str = "none", **fields: Any) -> Sections:
    return one("legal", child=CHILD, code=code, **fields)


REFUGE = one("moves", accommodation="refuge")
MOTHER = one("people", relationships=[{"child": CHILD, "relation": "mother"}])
PAIRS = {
    "address-absent": Pair(
        "/addresses",
        home(children=[], people=[ref("people")]) | MOTHER,
        [
            home(children=[]),
            home(),
            home(end=ago(0)),
            child(status="missing"),
            child(lives_with=[ref("people")]) | MOTHER | home(children=[], people=[ref("people")]),
        ],
        child=CHILD,
    ),
    "address-not-confirmed": Pair(
        "/addresses/0/confirmed",
        home(confirmed="reported"),
        [home(confirmed="confirmed"), home(end=ago(4)), home(kind="respite")],
        child=CHILD,
    ),
    "address-protection-not-said": Pair(
        "/addresses/0/protection",
        {"restricted": {"reason": "protected_address"}} | home(),
        [
            REFUGE | home(protection={"reason": "adoption"}),
            REFUGE | protected(),
            home(),
            one("moves", reason="work") | home(),
            home() | {"restricted": {"reason": "high_profile"}},
        ],
        child=CHILD,
        also=(REFUGE | home(), one("moves", reason="domestic_abuse") | home()),
    ),
    "protected-address-from-whom": Pair(
        "/addresses/0/protection/withheld_from",
        protected(),
        [protected(**TO), protected(withheld_from=[ref("people")]) | MOTHER, home()],
        child=CHILD,
    ),
    "protected-address-without-contact": Pair(
        "/addresses/0/safe_contact",
        home(protection={"reason": "adoption"}),
        [protected(), home(protection={"reason": "adoption"}, lines=["Invented"]), home()],
        child=CHILD,
    ),
    "address-protection-review-past": Pair(
        "/addresses/0/protection/review_on",
        protected(review_on=ago(1)),
        [protected(review_on=ago(0)), protected()],
        child=CHILD,
    ),
    "legal-status-absent": Pair(
        "/legal", {}, [legal(), child(status="unborn", born_on=None)], child=CHILD
    ),
    "legal-status-run-out": Pair(
        "/legal/0/expires_on",
        legal("care_order", expires_on=ago(1)),
        [
            legal("care_order", expires_on=ago(0)),
            {
                "legal": [
                    *legal("care_order", expires_on=ago(1))["legal"],
                    {"id": ref("now"), "child": CHILD, "code": "none"},
                ]
            },
        ],
        child=CHILD,
    ),
    "legal-order-without-end": Pair(
        "/legal/0/expires_on",
        legal("emergency_protection_order"),
        [legal("emergency_protection_order", expires_on=ago(-2)), legal("care_order")],
        child=CHILD,
    ),
    "legal-order-without-authority": Pair(
        "/legal/0/authority",
        legal("care_order"),
        [legal("care_order", authority={"name": "Invented"}), legal("section_20")],
        child=CHILD,
    ),
    "legal-status-unclear": Pair(
        "/legal/0/detail",
        legal("other"),
        [legal("other", detail="Invented."), legal()],
        child=CHILD,
    ),
}
