"""Where each child lives, and whether the address is safe; and the legal status of each child."""

from collections.abc import Iterator

from app.casefile.model import Address, LegalStatus
from app.casefile.readiness.case import Case, Place
from app.casefile.readiness.moves import latest_move
from app.casefile.readiness.rule import rule

_NOT_LIVED_IN = {"respite", "correspondence"}
_ENDS_BY_LAW = {"police_protection", "emergency_protection_order", "supervision_order"}
_NAMES_AUTHORITY = {
    "care_order", "interim_care_order", "supervision_order", "interim_supervision_order",
    "emergency_protection_order", "placement_order", "scottish_compulsory_supervision_order",
}  # fmt: skip
_PACKET = "Packets of local transfer procedures (Norfolk, Sheffield, Tees)"


@rule(
    "address-absent", "high", "lost-across-boundaries", "addresses",
    what="Nothing says where a child lives now.",
    question="Where does this child sleep tonight?",
    source=_PACKET,
)  # fmt: skip
def address_absent(case: Case) -> Iterator[Place]:
    lived_in = list(_lived_in(case))
    housed = {child for address in lived_in for child in address.children}
    others = {person for address in lived_in for person in address.people}
    if any(not address.children and not address.people for address in lived_in):
        return
    for child in case.children:
        there = child.id in housed or not others.isdisjoint((child.id, *child.lives_with))
        if child.status == "living" and not there:
            yield case.nowhere("addresses", child=child.id)


@rule(
    "address-not-confirmed", "medium", "lost-across-boundaries", "addresses",
    what="Nobody has confirmed that a child lives at the address given.",
    question="Who has seen the child there, or who goes to see?",
    source=_PACKET,
)  # fmt: skip
def not_confirmed(case: Case) -> Iterator[Place]:
    for address in _lived_in(case):
        if address.confirmed != "confirmed" and (address.children or not address.people):
            yield case.at(address, "confirmed")


@rule(
    "address-protection-not-said", "high", "lost-across-boundaries", "addresses",
    what="The family fled from harm or is in a refuge, and nothing says whether the address is "
    "protected.",
    question="Who must not learn this address?",
    source="Child Q review, key areas: families moving; domestic abuse practice (judgement)",
)  # fmt: skip
def protection_not_said(case: Case) -> Iterator[Place]:
    move, restricted = latest_move(case), case.file.restricted
    fled = move and (move.reason == "domestic_abuse" or move.accommodation == "refuge")
    if fled or (restricted and restricted.reason == "protected_address"):
        addresses = list(_lived_in(case))
        if addresses and not any(address.protection for address in addresses):
            yield case.at(addresses[-1], "protection")


@rule(
    "protected-address-from-whom", "high", "lost-across-boundaries", "addresses",
    what="An address is protected, and nothing says from whom.",
    question="Who must not learn this address?",
    source=_PACKET,
)  # fmt: skip
def from_whom(case: Case) -> Iterator[Place]:
    for address in _lived_in(case):
        told = address.protection
        if told and not told.withheld_from and told.withheld_from_words is None:
            yield case.at(address, "protection", "withheld_from")


@rule(
    "protected-address-without-contact", "high", "lost-across-boundaries", "addresses",
    what="A protected address has neither lines nor a safe contact.",
    question="Through whom can the family be reached safely tonight?",
    source=_PACKET,
)  # fmt: skip
def without_safe_contact(case: Case) -> Iterator[Place]:
    for address in _lived_in(case):
        if address.protection and not address.lines and address.safe_contact is None:
            yield case.at(address, "safe_contact")


@rule(
    "address-protection-review-past", "low", "lost-across-boundaries", "addresses",
    what="The day on which an address's protection was to be looked at again has gone by.",
    question="Is the address still to be protected, and from whom?",
    source="Judgement: every limit has a day on which it is looked at again",
)  # fmt: skip
def protection_review_past(case: Case) -> Iterator[Place]:
    for address in _lived_in(case):
        if address.protection and case.is_past(address.protection.review_on):
            yield case.at(address, "protection", "review_on")


@rule(
    "legal-status-absent", "medium", "lost-across-boundaries", "legal",
    what="Nothing says what a child's legal status is, or that there is none.",
    question="Is there any order or proceeding about this child?",
    source=_PACKET,
)  # fmt: skip
def legal_absent(case: Case) -> Iterator[Place]:
    known = {status.child for status in case.live(case.file.legal)}
    for child in case.children:
        if child.id not in known and child.status != "unborn":
            yield case.nowhere("legal", child=child.id)


@rule(
    "legal-status-run-out", "high", "lost-across-boundaries", "legal",
    what="Every legal status given for a child has run out.",
    question="What is the child's legal status today?",
    source=_PACKET,
)  # fmt: skip
def legal_run_out(case: Case) -> Iterator[Place]:
    runs = {status.child for status in _running(case)}
    last = {status.child: status for status in case.live(case.file.legal)}
    for child in case.children:
        if child.id in last and child.id not in runs:
            yield case.at(last[child.id], "expires_on")


@rule(
    "legal-order-without-end", "medium", "lost-across-boundaries", "legal",
    what="An order that ends by law has no day on which it ends.",
    question="When does it end, and what follows?",
    source="Children Act 1989, sections 44 to 46 and schedule 3",
)  # fmt: skip
def order_without_end(case: Case) -> Iterator[Place]:
    for status in _running(case):
        if status.code in _ENDS_BY_LAW and status.expires_on is None:
            yield case.at(status, "expires_on")


@rule(
    "legal-order-without-authority", "medium", "lost-across-boundaries", "legal",
    what="An order does not say which authority it names.",
    question="Which authority does the order name, and so stays answerable after the move?",
    source="Children Act 1989, sections 31 and 38; local transfer procedures",
)  # fmt: skip
def order_without_authority(case: Case) -> Iterator[Place]:
    for status in _running(case):
        if status.code in _NAMES_AUTHORITY and status.authority is None:
            yield case.at(status, "authority")


@rule(
    "legal-status-unclear", "low", "lost-across-boundaries", "legal",
    what="A child's legal status is given as another one, and not as which.",
    question="Which order or status is it?",
    source=_PACKET,
)  # fmt: skip
def legal_unclear(case: Case) -> Iterator[Place]:
    for status in _running(case):
        if status.code == "other" and status.detail is None:
            yield case.at(status, "detail")


def _lived_in(case: Case) -> Iterator[Address]:
    """Addresses where a child handed over may live today."""
    today = (a for a in case.file.addresses if not case.is_past(a.end))
    return case.ours(address for address in today if address.kind not in _NOT_LIVED_IN)


def _running(case: Case) -> Iterator[LegalStatus]:
    """The legal statuses, of children handed over, that have not run out."""
    for status in case.live(case.file.legal):
        if status.child in case.relations and not case.is_past(status.expires_on):
            yield status
