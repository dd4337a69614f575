"""The rules of who may do what, walked in full: role, act, whose team it is, and who is named."""

from itertools import combinations, product
from typing import get_args

import pytest

from app.access import (
    ACTS,
    COMMON_LABELS,
    EVERY_LABEL,
    NAMED_ONLY,
    ROLES,
    UNNAMED,
    WHOLE_AUTHORITY,
    Act,
    Caller,
    Grant,
    Record,
    Role,
    labels,
    may,
    permit,
    reach,
    shows_names,
)
from app.errors import NotAllowed, NotFound

ALL: tuple[Act, ...] = get_args(Act)
OURS, THEIRS, NOBODYS = Record("ours"), Record("theirs"), Record(None)
GRANTS: tuple[frozenset[Grant], ...] = (
    frozenset(),
    frozenset({"opener"}),
    frozenset({"reviewer"}),
    frozenset({"opener", "reviewer"}),
)
RECORDS = [
    Record(team, restricted, grants)
    for team, restricted, grants in product(("ours", "theirs", None), (False, True), GRANTS)
]

# Written out, so that a change of access.py is seen: s see, o open, R reveal, S send, r respond,
# v oversee, e entrust, a audit, A administer, m monitor; and what the role reaches.
TABLE: dict[Role, tuple[str, str]] = {
    "practitioner": ("soRSrv", "teams"),
    "team_manager": ("soRSrv", "teams"),
    "cp_chair": ("soRrv", "all"),
    "business_support": ("soS", "teams"),
    "out_of_hours": ("soRr", "all"),
    "head_of_service": ("soRSrve", "all"),
    "performance": ("sv", "all"),
    "reviewer": ("so", "granted"),
    "information_governance": ("sa", "all"),
    "system": ("sS", "teams"),
    "administrator": ("Am", "teams"),
    "monitoring": ("m", "teams"),
}
LETTER: dict[Act, str] = {
    "see": "s",
    "open": "o",
    "reveal": "R",
    "send": "S",
    "respond": "r",
    "oversee": "v",
    "entrust": "e",
    "audit": "a",
    "administer": "A",
    "monitor": "m",
}
WITHOUT_A_NAME = {"out_of_hours", "head_of_service"}


def caller(*roles: Role, teams: tuple[str, ...] = ("ours",)) -> Caller:
    return Caller("user-1", frozenset(roles), frozenset(teams))


def outcome(who: Caller, act: Act, record: Record) -> str:
    try:
        permit(who, act, record)
    except (NotFound, NotAllowed) as no:
        return no.code
    return "yes"


def expected(role: Role, act: Act, record: Record) -> bool:
    """Whether this role alone lets a caller of the team `ours` do it, in the test's own words."""
    letters, reaches = TABLE[role]
    if LETTER[act] not in letters:
        return False
    within = {
        "all": True,
        "teams": record.team == "ours",
        "granted": "reviewer" in record.grants,
    }[reaches]
    named = role in WITHOUT_A_NAME or "opener" in record.grants
    return within and (not record.restricted or LETTER[act] not in "oRSr" or named)


def test_the_table_is_the_one_written_here() -> None:
    assert set(TABLE) == set(ROLES) == set(ACTS)
    assert set(LETTER) == set(ALL)
    assert {LETTER[act] for act in NAMED_ONLY} == set("oRSr")
    assert UNNAMED == WITHOUT_A_NAME
    for role, (letters, reaches) in TABLE.items():
        assert {LETTER[act] for act in ACTS[role]} == set(letters), role
        assert (role in WHOLE_AUTHORITY) is (reaches == "all"), role


@pytest.mark.parametrize(("role", "act"), [*product(ROLES, ALL)])
def test_one_role(role: Role, act: Act) -> None:
    for record in RECORDS:
        said = outcome(caller(role), act, record)
        if not expected(role, "see", record):
            assert said == "no-such-handover", record
        elif expected(role, act, record):
            assert said == "yes", record
        else:
            named = Record(record.team, False, record.grants)
            says = "not-named" if expected(role, act, named) else "not-permitted"
            assert said == says, record


@pytest.mark.parametrize(("role", "act"), [*product(ROLES, ALL)])
def test_whether_it_may_be_done_at_all(role: Role, act: Act) -> None:
    if LETTER[act] in TABLE[role][0]:
        may(caller(role), act)
    else:
        with pytest.raises(NotAllowed):
            may(caller(role), act)


@pytest.mark.parametrize("act", ALL)
def test_without_a_role_nothing_is_there(act: Act) -> None:
    for record in RECORDS:
        assert outcome(caller(), act, record) == "no-such-handover"
        assert labels(caller(), record) == frozenset()
    found = reach(caller(), act)
    assert (found.teams, found.reviewer) == (frozenset(), False)
    with pytest.raises(NotAllowed):
        may(caller(), act)


@pytest.mark.parametrize(("one", "other"), [*combinations(ROLES, 2)])
def test_two_roles_give_what_either_gives_and_no_more(one: Role, other: Role) -> None:
    """A role that reaches every team, or needs no name, lends that to none of the other's acts."""
    both = caller(one, other)
    for act, record in product(ALL, RECORDS):
        done = any(expected(role, act, record) for role in (one, other))
        seen = any(expected(role, "see", record) for role in (one, other))
        assert (outcome(both, act, record) == "yes") is (done and seen), (act, record)


@pytest.mark.parametrize("role", ROLES)
def test_names_are_for_those_who_may_open(role: Role) -> None:
    for record in RECORDS:
        assert shows_names(caller(role), record) is expected(role, "open", record)


@pytest.mark.parametrize("role", ROLES)
def test_labels_are_those_of_the_roles_that_open_this_record(role: Role) -> None:
    all_labels = {"practitioner", "team_manager", "cp_chair", "out_of_hours", "head_of_service"}
    assert all_labels == EVERY_LABEL
    assert {"open", "professionals_only", "not_to"} == COMMON_LABELS
    for record in RECORDS:
        opens = expected(role, "open", record)
        every = None if role in all_labels else COMMON_LABELS
        assert labels(caller(role), record) == (every if opens else frozenset())


def test_a_role_lends_its_labels_to_no_record_that_it_does_not_reach() -> None:
    """Who reviews another team's case does so as a reviewer, whatever they are in their own."""
    both = caller("practitioner", "reviewer")
    assert labels(both, Record("theirs", False, frozenset({"reviewer"}))) == COMMON_LABELS
    assert labels(both, Record("ours", False, frozenset({"reviewer"}))) is None


def test_a_record_of_no_team_is_for_the_whole_authority_only() -> None:
    assert outcome(caller("team_manager", teams=("",)), "see", NOBODYS) == "no-such-handover"
    assert outcome(caller("head_of_service", teams=()), "see", NOBODYS) == "yes"
    assert outcome(caller("team_manager", teams=("theirs", "ours")), "see", THEIRS) == "yes"
    assert outcome(caller("team_manager", teams=()), "see", OURS) == "no-such-handover"
