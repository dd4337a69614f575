"""Who may do what: `permit(caller, act, record)`, deny by default.

A role gives acts. A handover belongs to a team, and a caller reaches it through a team of theirs
unless their role reaches the whole authority, or, for a reviewer, through a grant for that one
case. A restricted handover is opened, revealed, sent and answered by named people only. A handover
that a caller may not even see is, to them, not there. What follows from this for every endpoint is
in openapi/access.md, and a test walks all of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from app.errors import NotAllowed, NotFound

Act = Literal[
    "see",
    "open",
    "reveal",
    "send",
    "respond",
    "oversee",
    "entrust",
    "audit",
    "administer",
    "monitor",
]
"""`see`: lists, states and dates. `open`: a word of the case. `reveal`: a protected address.
`send`: prepare, send, withdraw. `respond`: acknowledge, arrange, accept, decline. `oversee`: what
is overdue, of whom. `entrust`: restrict a handover, and name who may open or review it. `monitor`:
counts and ages, of no handover in particular."""

Role = Literal[
    "practitioner",
    "team_manager",
    "cp_chair",
    "business_support",
    "out_of_hours",
    "head_of_service",
    "performance",
    "reviewer",
    "information_governance",
    "system",
    "administrator",
    "monitoring",
]
ROLES: tuple[Role, ...] = get_args(Role)

ACTS: dict[Role, frozenset[Act]] = {
    "practitioner": frozenset({"see", "open", "reveal", "send", "respond", "oversee"}),
    "team_manager": frozenset({"see", "open", "reveal", "send", "respond", "oversee"}),
    "cp_chair": frozenset({"see", "open", "reveal", "respond", "oversee"}),
    "business_support": frozenset({"see", "open", "send"}),
    "out_of_hours": frozenset({"see", "open", "reveal", "respond"}),
    "head_of_service": frozenset(
        {"see", "open", "reveal", "send", "respond", "oversee", "entrust"}
    ),
    "performance": frozenset({"see", "oversee"}),
    "reviewer": frozenset({"see", "open"}),
    "information_governance": frozenset({"see", "audit"}),
    "system": frozenset({"see", "send"}),
    "administrator": frozenset({"administer", "monitor"}),
    "monitoring": frozenset({"monitor"}),
}

WHOLE_AUTHORITY: frozenset[Role] = frozenset(
    {"cp_chair", "out_of_hours", "head_of_service", "performance", "information_governance"}
)
"""Roles that reach every team's handovers. A reviewer reaches those they have a grant for, whatever
the team; all others reach those of their own teams."""

NAMED_ONLY: frozenset[Act] = frozenset({"open", "reveal", "send", "respond"})
"""What only a named opener does with a restricted handover, whose row all others see without a
name."""

UNNAMED: frozenset[Role] = frozenset({"out_of_hours", "head_of_service"})
"""Roles that need not be named for it: somebody must be able to look tonight."""

COMMON_LABELS: frozenset[str] = frozenset({"open", "professionals_only", "not_to"})
"""The handling labels that everybody opens who opens a case at all."""

EVERY_LABEL: frozenset[Role] = frozenset(
    {"practitioner", "team_manager", "cp_chair", "out_of_hours", "head_of_service"}
)
"""Roles that open what carries any label, also one of a later version; others open the common ones
only, so that a label which this version does not know is the most restrictive."""

Grant = Literal["opener", "reviewer"]
"""What somebody can be granted for one handover, until a day."""


@dataclass(frozen=True)
class Caller:
    """Somebody who has proved who they are. `subject` is an opaque id, never a name."""

    subject: str
    roles: frozenset[Role]
    teams: frozenset[str]


@dataclass(frozen=True)
class Record:
    """What access depends on in a handover or a draft. `grants`: those that the caller who asks
    has for it now."""

    team: str | None
    restricted: bool = False
    grants: frozenset[Grant] = frozenset()


@dataclass(frozen=True)
class Reach:
    """The records that a caller reaches with an act, for asking a database: of `teams` (None: every
    team), with a reviewer's grant if `reviewer`; of the restricted ones, those with an opener's
    grant, or all if `unnamed`."""

    teams: frozenset[str] | None
    reviewer: bool
    unnamed: bool


def may(caller: Caller, act: Act) -> None:
    """Raises NotAllowed (`not-permitted`) unless a role of the caller's gives the act at all."""
    if not any(act in ACTS[role] for role in caller.roles):
        raise _not_permitted()


def permit(caller: Caller, act: Act, record: Record) -> None:
    """Raises NotFound (`no-such-handover`) where the caller may not know of the record, and
    NotAllowed (`not-permitted`, `not-named`) where they may see it and not do this."""
    if not any(_roles(caller, "see", record)):
        raise NotFound("no-such-handover", "There is no handover with this id, or it isn't yours")
    if any(_roles(caller, act, record)):
        return
    if record.restricted and any(_roles(caller, act, Record(record.team, False, record.grants))):
        raise NotAllowed(
            "not-named", "This is open to named people only: ask your head of service to name you"
        )
    raise _not_permitted()


def shows_names(caller: Caller, record: Record) -> bool:
    """Whether a list tells the caller whom the record is about: whoever may open it knows."""
    return any(_roles(caller, "open", record))


def labels(caller: Caller, record: Record) -> frozenset[str] | None:
    """The handling labels that the caller may open in this record; None for every label."""
    opening = set(_roles(caller, "open", record))
    return None if opening & EVERY_LABEL else COMMON_LABELS if opening else frozenset()


def reach(caller: Caller, act: Act) -> Reach:
    """As `permit`, for all records at once: a test holds the two together."""
    giving = frozenset(role for role in caller.roles if act in ACTS[role])
    of_teams = caller.teams if giving - {"reviewer"} else frozenset()
    return Reach(
        teams=None if giving & WHOLE_AUTHORITY else of_teams,
        reviewer="reviewer" in giving,
        unnamed=act not in NAMED_ONLY or bool(giving & UNNAMED),
    )


def _roles(caller: Caller, act: Act, record: Record) -> Iterator[Role]:
    """The caller's roles that let them do this with the record."""
    for role in caller.roles:
        named = act not in NAMED_ONLY or role in UNNAMED or "opener" in record.grants
        if act in ACTS[role] and _within(role, caller, record) and (named or not record.restricted):
            yield role


def _within(role: Role, caller: Caller, record: Record) -> bool:
    if role == "reviewer":
        return "reviewer" in record.grants
    return role in WHOLE_AUTHORITY or record.team in caller.teams


def _not_permitted() -> NotAllowed:
    return NotAllowed("not-permitted", "Your role doesn't let you do this; ask your manager")
