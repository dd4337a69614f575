"""The network round a family: each role that the move leaves behind, who follows, and whether they
were told. A move breaks relationships with every professional at once; here nobody is overlooked.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.casefile.ages import has_health_visitor, is_of_school_age
from app.casefile.live import Live
from app.casefile.model import CaseFile, Child, Professional, Registration, Service, Who
from app.casefile.model.codes import AfterMove

_REGISTERED = {"maternity": "midwifery"}
"""Kinds of registration that are called otherwise as an agency."""

State = Literal["empty", "nobody_yet", "successor_named", "continues", "ends"]


@dataclass(frozen=True)
class Contact:
    """Somebody by name, as far as is known."""

    name: str | None = None
    role: str | None = None
    agency_name: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Link:
    """One entry of the case file in a role. `who` is None where it is withheld from the reader."""

    entry: str
    kind: Literal["professional", "service", "registration"]
    follows: bool
    """Of the new area; else of the one that is left."""
    who: Contact | None
    after_move: AfterMove | None = None
    successor: Contact | None = None
    successor_from: str | None = None
    told: bool | None = None
    """Whether they were told of the move; None where the case file has no place for it."""


@dataclass(frozen=True)
class Role:
    """Who does one thing for one child, or for the family (`child` None), before and after."""

    child: str | None
    role: str
    """An agency's code, such as `health_visiting`."""
    expected: bool
    """A child of this age has one: health visitor under 5, school from 5, practice always."""
    state: State
    told: bool | None
    links: tuple[Link, ...]


def network(
    case_file: CaseFile, on: date, withheld: frozenset[str] = frozenset()
) -> tuple[Role, ...]:
    """Every role round the children who are handed over: what is about the family, then child by
    child, in alphabetical order of roles. One that a child of that age has, and that nobody fills,
    is there, `empty`. Of entries in `withheld` only the role is told."""
    live = Live(case_file)
    names = {p.id: Contact(p.name, p.role, p.agency_name, p.phone)
             for p in live(case_file.professionals) if p.id not in withheld}  # fmt: skip
    names |= {p.id: Contact(p.names[0].full) for p in case_file.people
              if p.names and p.id not in withheld}  # fmt: skip
    children = {
        child.id: child
        for child in live(case_file.children)
        if child.scope == "handed_over" and child.status != "died"
    }
    others = frozenset(child.id for child in case_file.children) - children.keys()
    found: dict[tuple[str | None, str], list[Link]] = {}
    served: set[tuple[str | None, str]] = set()
    for role, about, link in _links(case_file, live, names, withheld):
        served |= {(one, role) for one in about} if about else {(None, role)}
        for row in _rows(about, children.keys(), others):
            found.setdefault((row, role), []).append(link)
    wanted = {(one.id, role) for one in children.values() for role in _expected(one, on)}
    for child, role in wanted:
        with_them = (None, child, *children[child].lives_with)
        if served.isdisjoint((one, role) for one in with_them):
            found[child, role] = []
    places = [None, *children]
    rows = sorted(found.items(), key=lambda pair: (places.index(pair[0][0]), pair[0][1]))
    return tuple(_filled(*of, tuple(links), expected=of in wanted) for of, links in rows)


def _links(
    case_file: CaseFile, live: Live, names: dict[str, Contact], withheld: frozenset[str]
) -> Iterator[tuple[str, tuple[str, ...], Link]]:
    """The role, whom it is about (nobody in particular: the family), and the entry."""
    for one in live(case_file.professionals):
        if one.involvement != "former":
            yield one.agency, one.children, _professional(one, names, withheld)
    for service in live(case_file.services):
        if service.status in ("current", "expected", "waiting_list"):
            yield service.agency, service.children, _service(service, names, withheld)
    for registration in live(case_file.registrations):
        if _counts(registration):
            link = _registration(registration, withheld)
            yield _role(registration), (registration.person,), link


def _professional(one: Professional, names: dict[str, Contact], withheld: frozenset[str]) -> Link:
    hidden = one.id in withheld
    return Link(
        entry=one.id,
        kind="professional",
        follows=one.involvement == "expected",
        who=None if hidden else Contact(one.name, one.role, one.agency_name, one.phone),
        after_move=one.after_move,
        successor=None if hidden else _named(one.successor, names),
        successor_from=one.successor_from,
        told=one.contacted is not None,
    )


def _service(one: Service, names: dict[str, Contact], withheld: frozenset[str]) -> Link:
    hidden = one.id in withheld
    contact = _named(one.contact, names) or Contact()
    return Link(
        entry=one.id,
        kind="service",
        follows=one.status != "current",
        who=None
        if hidden
        else Contact(contact.name, contact.role, one.name or contact.agency_name, contact.phone),
        successor=None if hidden or one.after_move is None else Contact(one.after_move),
        told=one.told_of_move_on is not None,
    )


def _registration(one: Registration, withheld: frozenset[str]) -> Link:
    who = None if one.id in withheld else Contact(agency_name=one.name, phone=one.phone)
    return Link(one.id, "registration", one.status == "applied_for", who)


def _named(who: Who | None, names: dict[str, Contact]) -> Contact | None:
    if who is None:
        return None
    known = names.get(who.person or "", Contact())
    return Contact(
        who.name or known.name,
        who.role or known.role,
        who.agency_name or known.agency_name,
        who.phone or known.phone,
    )


def _rows(
    about: tuple[str, ...], children: Collection[str], others: frozenset[str]
) -> list[str | None]:
    """The children it is about; the family, where it is about all of them or about adults; nobody,
    where it is about children who stay."""
    if about and others.issuperset(about):
        return []
    return [child for child in children if child in about] or [None]


def _filled(child: str | None, role: str, links: tuple[Link, ...], *, expected: bool) -> Role:
    told = [link.told for link in links if not link.follows and link.told is not None]
    return Role(child, role, expected, _state(links), any(told) if told else None, links)


def _state(links: tuple[Link, ...]) -> State:
    left = [link for link in links if not link.follows]
    if not links:
        return "empty"
    if any(link.successor for link in left) or len(left) < len(links):
        return "successor_named"
    if any(link.after_move == "continues" for link in left):
        return "continues"
    return "ends" if all(link.after_move == "ends" for link in left) else "nobody_yet"


def _expected(child: Child, on: date) -> Iterator[str]:
    if child.status == "unborn":
        yield "midwifery"
        return
    yield "gp"
    if has_health_visitor(child, on):
        yield "health_visiting"
    if is_of_school_age(child, on):
        yield "school"


def _counts(registration: Registration) -> bool:
    return registration.status not in ("former", "not_registered")


def _role(registration: Registration) -> str:
    return _REGISTERED.get(registration.kind, registration.kind)
