"""The table of who may do what, walked in full: role, act, and whose team it is."""

from itertools import combinations, product
from typing import get_args

import pytest

from app.access import (
    ACTS,
    ROLES,
    WHOLE_AUTHORITY,
    Act,
    Caller,
    Record,
    Role,
    may,
    permit,
    teams_in_reach,
)
from app.errors import NotAllowed, NotFound

ALL: tuple[Act, ...] = get_args(Act)
OURS, THEIRS, NOBODYS = Record("ours"), Record("theirs"), Record(None)

# Written out, so that a change of access.py is seen: s see, o open, S send, r respond,
# v oversee, a audit, A administer; and whether the role reaches every team.
TABLE: dict[Role, tuple[str, bool]] = {
    "practitioner": ("soSrv", False),
    "team_manager": ("soSrv", False),
    "cp_chair": ("sorv", True),
    "business_support": ("soS", False),
    "out_of_hours": ("sor", True),
    "head_of_service": ("soSrv", True),
    "performance": ("sv", True),
    "reviewer": ("so", False),
    "information_governance": ("sa", True),
    "system": ("sS", False),
    "administrator": ("A", False),
}
LETTER: dict[Act, str] = {
    "see": "s",
    "open": "o",
    "send": "S",
    "respond": "r",
    "oversee": "v",
    "audit": "a",
    "administer": "A",
}


def caller(*roles: Role, teams: tuple[str, ...] = ("ours",)) -> Caller:
    return Caller("user-1", frozenset(roles), frozenset(teams))


def outcome(who: Caller, act: Act, record: Record) -> str:
    try:
        permit(who, act, record)
    except (NotFound, NotAllowed) as no:
        return no.code
    return "yes"


def test_the_table_is_the_one_written_here() -> None:
    assert set(TABLE) == set(ROLES) == set(ACTS)
    assert set(LETTER) == set(ALL)
    for role, (letters, whole) in TABLE.items():
        assert {LETTER[act] for act in ACTS[role]} == set(letters), role
        assert (role in WHOLE_AUTHORITY) is whole, role


@pytest.mark.parametrize(("role", "act"), [*product(ROLES, ALL)])
def test_one_role(role: Role, act: Act) -> None:
    letters, whole = TABLE[role]
    sees, does = "s" in letters, LETTER[act] in letters
    here = "yes" if does and sees else "not-permitted" if sees else "no-such-handover"
    assert outcome(caller(role), act, OURS) == here
    elsewhere = here if whole else "no-such-handover"
    assert outcome(caller(role), act, THEIRS) == elsewhere
    assert outcome(caller(role), act, NOBODYS) == elsewhere
    assert outcome(caller(role, teams=()), act, OURS) == elsewhere
    assert outcome(caller(role, teams=("theirs", "ours")), act, THEIRS) == here


@pytest.mark.parametrize(("role", "act"), [*product(ROLES, ALL)])
def test_whether_it_may_be_done_at_all_and_in_which_teams(role: Role, act: Act) -> None:
    letters, whole = TABLE[role]
    who = caller(role, teams=("ours", "others"))
    if LETTER[act] in letters:
        may(who, act)
        assert teams_in_reach(who, act) == (None if whole else {"ours", "others"})
    else:
        with pytest.raises(NotAllowed):
            may(who, act)
        assert teams_in_reach(who, act) == frozenset()


@pytest.mark.parametrize("act", ALL)
def test_without_a_role_nothing_is_there(act: Act) -> None:
    assert outcome(caller(), act, OURS) == "no-such-handover"
    assert teams_in_reach(caller(), act) == frozenset()
    with pytest.raises(NotAllowed):
        may(caller(), act)


@pytest.mark.parametrize(("one", "other"), [*combinations(ROLES, 2)])
def test_two_roles_give_what_either_gives_and_no_more(one: Role, other: Role) -> None:
    """A role that reaches every team lends its reach to none of the other's acts."""
    both = caller(one, other)

    def reached(act: Act, record: Record) -> bool:
        return any(
            LETTER[act] in TABLE[role][0] and (TABLE[role][1] or record is OURS)
            for role in (one, other)
        )

    for act, record in product(ALL, (OURS, THEIRS)):
        expected = "yes" if reached(act, record) else "not-permitted"
        if not reached("see", record):
            expected = "no-such-handover"
        assert outcome(both, act, record) == expected, (act, record)


def test_a_record_of_no_team_is_for_the_whole_authority_only() -> None:
    assert outcome(caller("team_manager", teams=("",)), "see", NOBODYS) == "no-such-handover"
    assert outcome(caller("head_of_service", teams=()), "see", NOBODYS) == "yes"
