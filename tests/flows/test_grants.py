"""Named openers and reviewers: until when, for which handover, and by whom."""

import json
from datetime import timedelta
from itertools import combinations, product
from typing import Any, get_args

import pytest

from app.access import ACTS, ROLES, Act, Caller, Grant, Record, permit
from app.crypto.ids import digest
from app.errors import CaseHandoverError, NotAllowed, NotFound
from app.flows import disclose, draft, grants, read, reindex, respond, send
from app.flows.reach import scope
from app.flows.respond import Said
from app.flows.site import Site
from app.store import access_log, handovers, lists, restrictions
from app.store import grants as stored
from app.store.grants import GrantRow
from app.store.handovers import HandoverRow
from app.store.lists import Filter
from app.trust import accesslog
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import HEAD, RECEIVER, WORKER, Two

OTHER = Caller("user-3", frozenset({"practitioner"}), frozenset({"front-door"}))
REVIEWER = Caller("user-4", frozenset({"reviewer"}), frozenset())
NIGHT = Caller("user-5", frozenset({"out_of_hours"}), frozenset())
RESTRICTED = {"reason": "staff_or_relative"}


def code(function: Any, *arguments: Any, **named: Any) -> str:
    try:
        function(*arguments, **named)
    except CaseHandoverError as error:
        return error.code
    return "ok"


def give(site: Site, handover: str, who: Caller, kind: Any, until: str, by: Caller = HEAD) -> Any:
    return grants.add(
        site, by, handover, subject=who.subject, kind=kind, until=until, purpose="The case is hers"
    )


def opens(site: Site, who: Caller, handover: str) -> str:
    return code(disclose.words, site, who, handover, "notification", "To read")


def logged(site: Site) -> list[tuple[str, str]]:
    with site.database.read() as uow:
        rows = access_log.after(uow.connection, 0, 1000)
    accesslog.verify_chain(row.entry for row in rows)
    return [(json.loads(row.entry)["act"], json.loads(row.entry)["part"]) for row in rows]


def restricted(two: Two) -> str:
    """A handover that the sender restricts; the notification has arrived."""
    handover = acts.begin(two, restricted=RESTRICTED)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    assert two.run() == ["done"]
    return handover


def test_a_restricted_handover_is_opened_by_who_is_named(two: Two) -> None:
    handover = restricted(two)
    for site in (two.sender, two.receiver):
        assert opens(site, OTHER, handover) == "not-named"
        assert opens(site, NIGHT, handover) == opens(site, HEAD, handover) == "ok"
        row = read.show(site, OTHER, handover)
        assert (row["restricted"], row["label"], row["own_reference"]) == (True, None, None)
    assert opens(two.sender, WORKER, handover) == "ok"
    assert opens(two.receiver, WORKER, handover) == "not-named"
    said = Said({}, {"person": acts.PERSON})
    answer = (two.receiver, OTHER, handover, "acknowledgement", said)
    assert code(respond.say, *answer) == "not-named"
    give(two.receiver, handover, OTHER, "opener", "2026-12-31")
    assert opens(two.receiver, OTHER, handover) == "ok"
    assert code(respond.say, *answer) == "ok"


def test_a_grant_counts_to_the_end_of_its_day_and_not_a_second_longer(two: Two) -> None:
    handover = restricted(two)
    made = give(two.receiver, handover, OTHER, "opener", "2026-12-20")
    assert made["until"] == "2026-12-20T23:59:59Z"
    two.clock.forward(days=2, hours=8, minutes=59, seconds=58)
    assert opens(two.receiver, OTHER, handover) == "ok"
    two.clock.forward(seconds=1)
    assert opens(two.receiver, OTHER, handover) == "not-named"
    assert code(grants.end, two.receiver, HEAD, handover, made["id"], "Why") == "no-such-grant"


def test_a_grant_that_is_ended_counts_no_longer_and_stays_on_the_list(two: Two) -> None:
    handover, another = restricted(two), restricted(two)
    made = give(two.receiver, handover, OTHER, "opener", "2026-12-31")
    assert opens(two.receiver, OTHER, another) == "not-named"
    assert code(grants.end, two.receiver, HEAD, another, made["id"], "Why") == "no-such-grant"
    grants.end(two.receiver, HEAD, handover, made["id"], "She has moved on")
    assert opens(two.receiver, OTHER, handover) == "not-named"
    assert code(grants.end, two.receiver, HEAD, handover, made["id"], "Why") == "no-such-grant"
    (listed,) = grants.every(two.receiver, HEAD, handover)
    assert listed == {**made, "ended_at": "2026-12-18T15:00:00Z"}


def test_a_new_grant_takes_the_place_of_the_old_one(two: Two) -> None:
    handover = restricted(two)
    give(two.receiver, handover, OTHER, "opener", "2027-03-18")
    two.clock.forward(days=1)
    last = give(two.receiver, handover, OTHER, "opener", "2026-12-19")
    live = [one for one in grants.every(two.receiver, HEAD, handover) if not one["ended_at"]]
    assert live == [last]


def test_no_grant_that_counts_is_hidden_behind_others(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST", 2)
    handover, site = acts.notified(two), two.receiver
    first = give(site, handover, OTHER, "opener", "2026-12-31")
    for _ in range(3):
        two.clock.forward(seconds=1)
        made = give(site, handover, REVIEWER, "reviewer", "2026-12-31")
        grants.end(site, HEAD, handover, made["id"], "Why")
    assert grants.every(site, HEAD, handover)[0] == first
    give(site, handover, REVIEWER, "reviewer", "2026-12-31")
    assert code(give, site, handover, NIGHT, "opener", "2026-12-31") == "grants-enough"
    assert code(give, site, handover, OTHER, "opener", "2027-01-31") == "ok", "in its place"


@pytest.mark.parametrize(
    ("kind", "until", "expected"),
    [
        ("opener", "2026-12-18", "ok"),
        ("opener", "2027-03-18", "ok"),
        ("opener", "2027-03-19", "grant-until"),
        ("opener", "2026-12-17", "grant-until"),
        ("reviewer", "2027-12-19", "ok"),
        ("reviewer", "2027-12-20", "grant-until"),
        ("opener", "2026-12-18T15:00:00Z", "grant-until"),
        ("opener", "2027-02-30", "when"),
        ("opener", "", "grant-until"),
        ("opener", "tomorrow", "grant-until"),
    ],
)
def test_a_grant_has_an_end(two: Two, kind: str, until: str, expected: str) -> None:
    handover = acts.notified(two)
    assert code(give, two.receiver, handover, OTHER, kind, until) == expected
    assert len(grants.every(two.receiver, HEAD, handover)) == (expected == "ok")


@pytest.mark.parametrize("subject", ["", "Ann Example", "x" * 129, "a\n", "ł"])
def test_a_grant_is_for_an_opaque_id(two: Two, subject: str) -> None:
    handover = acts.notified(two)
    who = Caller(subject, frozenset(), frozenset())
    assert code(give, two.receiver, handover, who, "opener", "2026-12-31") == "grant-subject"


def test_nothing_is_granted_or_restricted_without_a_reason(two: Two) -> None:
    handover, site = acts.notified(two), two.receiver
    made = give(site, handover, OTHER, "reviewer", "2026-12-31")
    before = acts.everything(site)
    asked = {"subject": "x", "kind": "opener", "until": "2026-12-31", "purpose": " "}
    assert code(grants.add, site, HEAD, handover, **asked) == "access-purpose"
    assert code(grants.end, site, HEAD, handover, made["id"], "") == "access-purpose"
    assert code(grants.restrict, site, HEAD, handover, True, "") == "access-purpose"
    assert acts.everything(site) == before


def test_a_reviewer_sees_the_granted_case_and_no_other(two: Two) -> None:
    mine, another = acts.dispatched(two), acts.dispatched(two)
    site = two.receiver
    assert read.list_handovers(site, REVIEWER).rows == []
    assert opens(site, REVIEWER, mine) == "no-such-handover"
    give(site, mine, REVIEWER, "reviewer", "2027-06-30")
    (row,) = read.list_handovers(site, REVIEWER).rows
    assert row["handover"] == mine
    assert opens(site, REVIEWER, mine) == "ok"
    assert opens(site, REVIEWER, another) == "no-such-handover"
    assert code(disclose.addresses, site, REVIEWER, mine, "Why") == "not-permitted"
    assert opens(two.sender, REVIEWER, mine) == "no-such-handover"
    grants.restrict(site, HEAD, mine, True, "Her sister works here")
    assert opens(site, REVIEWER, mine) == "not-named"
    assert read.list_handovers(site, REVIEWER).rows[0]["label"] is None
    give(site, mine, REVIEWER, "opener", "2026-12-31")
    assert opens(site, REVIEWER, mine) == "ok"


def test_a_grant_without_the_role_is_nothing(two: Two) -> None:
    handover = acts.notified(two)
    give(two.receiver, handover, OTHER, "reviewer", "2026-12-31")
    elsewhere = Caller(OTHER.subject, OTHER.roles, frozenset({"another"}))
    assert opens(two.receiver, elsewhere, handover) == "no-such-handover"


def test_our_own_restriction_is_set_and_lifted_and_the_senders_stays(two: Two) -> None:
    ours, theirs = acts.notified(two), restricted(two)
    site = two.receiver
    for handover, after in ((ours, False), (theirs, True)):
        set_ = grants.restrict(site, HEAD, handover, True, "A relative works here")
        assert (set_.restricted, set_.own) == (True, True)
        assert opens(site, OTHER, handover) == "not-named"
        index = acts.index(site)
        reindex.reindex(site, lambda *_: None)
        assert acts.index(site) == index
        lifted = grants.restrict(site, HEAD, handover, False, "They have left")
        assert (lifted.restricted, lifted.own) == (after, False)
        assert opens(site, OTHER, handover) == ("not-named" if after else "ok")
    assert not read.show(two.sender, OTHER, ours)["restricted"]


def test_who_granted_and_restricted_is_written_down(two: Two) -> None:
    handover = acts.notified(two)
    made = give(two.receiver, handover, OTHER, "opener", "2026-12-31")
    grants.end(two.receiver, HEAD, handover, made["id"], "Why")
    grants.restrict(two.receiver, HEAD, handover, True, "Why")
    grants.restrict(two.receiver, HEAD, handover, False, "Why")
    found = logged(two.receiver)
    assert [act for act, _ in found] == ["grant", "end", "restrict", "lift"]
    assert found[0][1] == found[1][1] == f"opener/{digest(b'user-3')}"


def test_only_a_head_of_service_grants(two: Two) -> None:
    handover = acts.notified(two)
    for role in set(ROLES) - {"head_of_service"}:
        who = Caller("user-9", frozenset({role}), frozenset({"front-door"}))
        refused = code(give, two.receiver, handover, OTHER, "opener", "2026-12-31", who)
        assert refused in ("not-permitted", "no-such-handover"), role
        assert code(grants.restrict, two.receiver, who, handover, False, "Why") == refused
        assert code(grants.every, two.receiver, who, handover) == refused
        assert code(grants.end, two.receiver, who, handover, "a" * 26, "Why") == refused


# Drafts


def test_a_restricted_draft_is_its_owners(two: Two) -> None:
    begun, site = acts.begin(two, restricted=RESTRICTED), two.sender
    assert code(draft.find, site, WORKER, begun) == code(draft.find, site, HEAD, begun) == "ok"
    assert code(draft.find, site, OTHER, begun) == "not-named"
    draft.replace_case_file(site, WORKER, begun, samples.case())
    assert code(draft.find, site, OTHER, begun) == "ok"
    draft.replace_case_file(site, OTHER, begun, samples.case(restricted=RESTRICTED))
    assert code(draft.find, site, OTHER, begun) == "not-named", "nobody becomes its owner by that"
    draft.discard(site, WORKER, begun)
    with site.database.read() as uow:
        assert restrictions.get(uow.connection, begun) is None


def test_the_owner_of_a_restricted_draft_is_named_until_a_head_ends_it(two: Two) -> None:
    handover, site = restricted(two), two.sender
    (mine,) = grants.every(site, HEAD, handover)
    assert (mine["subject"], mine["kind"]) == (WORKER.subject, "opener")
    assert mine["until"] == "2027-03-18T15:00:00Z"
    assert logged(site)[0][0] == "grant"
    assert code(draft.find, site, WORKER, handover) == "ok"
    give(site, handover, OTHER, "opener", "2026-12-31")
    assert code(draft.find, site, OTHER, handover) == "ok"
    grants.end(site, HEAD, handover, mine["id"], "Not her case any more")
    assert code(draft.find, site, WORKER, handover) == "not-named"
    assert code(send.dispatch, site, WORKER, handover, [], None) == "not-named"
    assert code(send.dispatch, site, OTHER, handover, [], None) == "ok"
    assert len(grants.every(site, HEAD, handover)) == 2, "sending names nobody anew"


def test_what_we_restrict_ourselves_is_not_prepared_by_others_either(two: Two) -> None:
    handover = acts.notified(two)
    grants.restrict(two.sender, HEAD, handover, True, "A relative works here")
    assert code(draft.find, two.sender, WORKER, handover) == "not-named"


def test_a_case_that_becomes_restricted_with_its_papers_is_so_on_both_sides(two: Two) -> None:
    """Its notification did not say so, and no later statement has a place for it."""
    handover = acts.notified(two)
    case = samples.case(restricted=RESTRICTED)
    draft.replace_case_file(two.sender, WORKER, handover, case)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        assert read.show(site, HEAD, handover)["restricted"]
        assert opens(site, OTHER, handover) == "not-named"
        index = acts.index(site)
        reindex.reindex(site, lambda *_: None)
        assert acts.index(site) == index
    assert opens(two.sender, WORKER, handover) == "ok"


@pytest.mark.parametrize("restricted_here_before", [False, True])
def test_nobody_lifts_what_the_case_file_restricts(two: Two, restricted_here_before: bool) -> None:
    handover = acts.notified(two)
    draft.replace_case_file(two.sender, WORKER, handover, samples.case(restricted=RESTRICTED))
    if restricted_here_before:
        for site in (two.sender, two.receiver):
            grants.restrict(site, HEAD, handover, True, "A relative works here")
    send.dispatch(two.sender, HEAD, handover, [], None)
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        assert grants.restrict(site, HEAD, handover, False, "They have left").restricted
        assert opens(site, OTHER, handover) == "not-named"


def test_a_draft_of_another_team_is_not_told_from_one_that_is_not_there(two: Two) -> None:
    begun = acts.begin(two)
    stranger = Caller("user-6", frozenset({"practitioner"}), frozenset({"another"}))
    with pytest.raises(NotFound) as there:
        draft.find(two.sender, stranger, begun)
    with pytest.raises(NotFound) as nowhere:
        draft.find(two.sender, stranger, "a" * 26)
    assert str(there.value) == str(nowhere.value)


# The database is asked for what `permit` lets through, and for nothing else

NOBODY_ELSE = "somebody else"


def test_lists_hold_what_is_permitted(two: Two) -> None:
    now, site = two.clock(), two.sender
    records: dict[str, Record] = {}
    kinds: list[tuple[Grant, ...]] = [(), ("opener",), ("reviewer",), ("opener", "reviewer")]
    with site.database.write() as uow:
        for team, restricted_, held in product(("ours", "theirs", None), (False, True), kinds):
            name = f"{len(records):026d}"
            records[name] = Record(team, restricted_, frozenset(held))
            row = HandoverRow(
                name, RECEIVER, "sender", now, None, None, restricted_, None, team, None, "x", None,
                0, now,
            )  # fmt: skip
            handovers.save(uow.connection, row, [], [], [])
            over = [("opener", now, None), ("reviewer", now + timedelta(days=1), now)]
            live = [(kind, now + timedelta(seconds=1), None) for kind in held]
            for kind, until, ended in [*live, *over]:
                made = GrantRow(
                    f"{name}{kind}{ended}{until}", name, "me", kind, until, "x", now, ended
                )
                stored.insert(uow.connection, made)
            for kind in ("opener", "reviewer"):
                made = GrantRow(f"{name}{kind}", name, NOBODY_ELSE, kind, now, "x", now, None)
                stored.insert(uow.connection, made)
    pairs = [*combinations(ROLES, 2), *((role,) for role in ROLES), ()]
    every: tuple[Act, ...] = get_args(Act)
    with site.database.read() as uow:
        for roles, act in product(pairs, every):
            who = Caller("me", frozenset(roles), frozenset({"ours"}))
            if not any("see" in ACTS[role] for role in roles):
                continue
            within = Filter(within=scope(who, act, now))
            found = {row.handover for row in lists.page(uow.connection, within, 0, 100)}
            may = {name for name, record in records.items() if allowed(who, act, record)}
            seen = {name for name, record in records.items() if allowed(who, "see", record)}
            assert found & seen == may, (roles, act)


def allowed(who: Caller, act: Act, record: Record) -> bool:
    try:
        permit(who, act, record)
    except (NotFound, NotAllowed):
        return False
    return True
