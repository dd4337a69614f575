"""Who may do what: `permit(caller, act, record)`, deny by default.

A role gives acts; a handover belongs to a team, and a caller reaches it through a team of theirs
unless their role reaches the whole authority. A handover that a caller may not even see is, to
them, not there. The table is the documentation; a test walks all of it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from app.errors import NotAllowed, NotFound

Act = Literal["see", "open", "send", "respond", "oversee", "audit", "administer"]
"""`see`: lists, states and dates. `open`: a word of the case. `send`: prepare, send, withdraw.
`respond`: acknowledge, arrange, accept, decline. `oversee`: what is overdue, of whom."""

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
]
ROLES: tuple[Role, ...] = get_args(Role)

ACTS: dict[Role, frozenset[Act]] = {
    "practitioner": frozenset({"see", "open", "send", "respond", "oversee"}),
    "team_manager": frozenset({"see", "open", "send", "respond", "oversee"}),
    "cp_chair": frozenset({"see", "open", "respond", "oversee"}),
    "business_support": frozenset({"see", "open", "send"}),
    "out_of_hours": frozenset({"see", "open", "respond"}),
    "head_of_service": frozenset({"see", "open", "send", "respond", "oversee"}),
    "performance": frozenset({"see", "oversee"}),
    "reviewer": frozenset({"see", "open"}),
    "information_governance": frozenset({"see", "audit"}),
    "system": frozenset({"see", "send"}),
    "administrator": frozenset({"administer"}),
}

WHOLE_AUTHORITY: frozenset[Role] = frozenset(
    {"cp_chair", "out_of_hours", "head_of_service", "performance", "information_governance"}
)
"""Roles that reach every team's handovers; all others reach those of their own teams."""


@dataclass(frozen=True)
class Caller:
    """Somebody who has proved who they are. `subject` is an opaque id, never a name."""

    subject: str
    roles: frozenset[Role]
    teams: frozenset[str]


@dataclass(frozen=True)
class Record:
    """What access depends on in a handover or a draft."""

    team: str | None


def may(caller: Caller, act: Act) -> None:
    """Raises NotAllowed (`not-permitted`) unless a role of the caller's gives the act at all."""
    if not any(act in ACTS[role] for role in caller.roles):
        raise NotAllowed("not-permitted", "Your role doesn't let you do this; ask your manager")


def permit(caller: Caller, act: Act, record: Record) -> None:
    """Raises NotFound (`no-such-handover`) where the caller may not know of the record, and
    NotAllowed (`not-permitted`) where they may see it and not do this."""
    if not _reaches(caller, "see", record):
        raise NotFound("no-such-handover", "There is no handover with this id, or it isn't yours")
    if not _reaches(caller, act, record):
        raise NotAllowed("not-permitted", "Your role doesn't let you do this; ask your manager")


def teams_in_reach(caller: Caller, act: Act) -> frozenset[str] | None:
    """The teams whose records the caller reaches with this act; None for every team."""
    giving = [role for role in caller.roles if act in ACTS[role]]
    if any(role in WHOLE_AUTHORITY for role in giving):
        return None
    return caller.teams if giving else frozenset()


def _reaches(caller: Caller, act: Act, record: Record) -> bool:
    reach = teams_in_reach(caller, act)
    return reach is None or record.team in reach
