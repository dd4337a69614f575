"""Every endpoint by every role in every situation, held to the table of openapi/access.md."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.access import ROLES, Caller, Role
from app.flows import draft, send
from app.flows.attaching import AttachmentSink
from app.flows.site import Site
from app.store import drafts, grants, restrictions
from app.store.grants import GrantRow
from app.store.restrictions import RestrictionRow
from app.store.tables import metadata
from tests.api.conftest import Door, code, door
from tests.api.operations import OPERATIONS, SECURED
from tests.casefile import samples
from tests.flows.acts import NOTIFICATION
from tests.flows.conftest import RECEIVER, SENDER, Clock, Two, Wire, make_site, pair

TEXT = (Path(__file__).parents[2] / "openapi" / "access.md").read_text(encoding="utf-8")
SITUATIONS = ("ours", "theirs", "granted", "restricted", "named")
THEIRS = {"theirs", "granted"}
RESTRICTED = {"restricted", "named"}
SEE_NOTHING = {"administrator", "monitoring"}
GRANTED = {"granted", "restricted", "named"}
OWNER = Caller("owner", frozenset({"practitioner"}), frozenset({"front-door"}))
HEADERS = {
    "Access-Purpose": "Test",
    "Content-Disposition": 'attachment; filename="a.txt"',
}
BODIES: dict[str, Any] = {
    "drafts_create": {
        "recipient": "gss:X", "own_reference": "X", "transfer": "cp_permanent", "case_file": {},
    },
    "drafts_replace_case_file": {"case_file": {"v": 0}},
    "drafts_notify": {"words": {}},
    "grants_add": {"subject": "x", "kind": "opener", "until": "2000-01-01"},
    "grants_restrict": {"restricted": False},
}  # fmt: skip
"""What changes nothing, also where it is allowed."""
PASSED = {"not-your-side", "no-such-grant", "no-such-delivery", "no-papers"}
"""Refusals that come after access was given."""


@dataclass(frozen=True)
class Row:
    endpoint: str
    of: str
    cells: dict[Role, str]


def table() -> list[Row]:
    """The rows of the document, with the roles by their order in its head."""
    lines = TEXT.partition("<!-- table -->\n")[2].partition("<!-- /table -->")[0].splitlines()
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    roles = [name.replace(" ", "_") for name in cells[0][2:]]
    assert roles == list(ROLES)
    return [Row(row[0], row[1], dict(zip(ROLES, row[2:], strict=True))) for row in cells[2:]]


ROWS = table()
NAMES = {f"{one.method} {one.path}": name for name, one in OPERATIONS.items()}


@dataclass
class Everybody:
    """Both authorities with a handover and a draft in each situation, by its name."""

    sending: Door
    receiving: Door
    handovers: dict[str, str]
    drafts: dict[str, str]

    def outcome(self, row: Row, role: Role, situation: str) -> str:
        one = OPERATIONS[NAMES[row.endpoint]]
        at = self.sending if row.of in ("draft", "sent", "—") else self.receiving
        path = one.path.format(
            draft=self.drafts[situation],
            handover=self.handovers[situation],
            kind="notification",
            number=1,
            pattern="missed",
            grant="a" * 26,
            statement="0" * 64,
        )
        body = {"json": BODIES.get(one.name, {})} if one.takes else {}
        answer = at.desk(role).ask(one.method, path, HEADERS, **body)
        if one.name == "drafts_discard" and answer.status_code == 204:
            self.bring_back(situation)
        return letter(answer)

    def bring_back(self, situation: str) -> None:
        row = self._rows[self.drafts[situation]]
        with self.sending.site.database.write() as uow:
            drafts.insert(uow.connection, row)
            if situation in RESTRICTED:
                restrictions.put(uow.connection, RestrictionRow(row.id, row.owner, row.created_at))

    def __post_init__(self) -> None:
        with self.sending.site.database.read() as uow:
            found = [drafts.get(uow.connection, draft) for draft in self.drafts.values()]
        self._rows = {row.id: row for row in found if row}


def letter(answer: Any) -> str:
    problem = code(answer) if answer.status_code >= 400 else ""
    said = {
        "no-such-handover": "-",
        "no-such-draft": "-",
        "not-permitted": "n",
        "not-named": "r",
    }.get(problem, "y")
    if said == "y":
        assert answer.status_code not in (401, 403, 404) or problem in PASSED, problem
    return said


def case(situation: str) -> dict[str, Any]:
    home = {"id": samples.ref("home"), "lines": ["1 Invented Road"]}
    more = {"restricted": {"reason": "adoption"}} if situation in RESTRICTED else {}
    address = {**home, "protection": {"reason": "domestic_abuse"}}
    return samples.case(addresses=[address], concerns=[samples.concern()], **more)


def begin(site: Site, situation: str) -> str:
    row = draft.create(
        site,
        OWNER,
        recipient=RECEIVER,
        own_reference=f"X/{situation.upper()}",
        transfer="cp_permanent",
        team=None,
        case_file=case(situation),
    )
    return row.id


def hand_over(both: Two, situation: str) -> str:
    handover = begin(both.sender, situation)
    send.notify(both.sender, OWNER, handover, NOTIFICATION)
    sink = AttachmentSink(both.sender, OWNER, handover, 1, "a.txt", "text/plain")
    sink.finish()
    send.dispatch(both.sender, OWNER, handover, [], None)
    return handover


def settle(site: Site, situation: str, record: str) -> None:
    """Give a handover or a draft to its team, and everybody their grants for it."""
    with site.database.write() as uow:
        if situation in THEIRS:
            for name, key in (("own_records", "handover"), ("handovers", "handover"),
                              ("drafts", "id")):  # fmt: skip
                rows = metadata.tables[name]
                moved = update(rows).where(rows.c[key] == record).values(team="theirs")
                uow.connection.execute(moved)
        kinds = [*["reviewer"] * (situation in GRANTED), *["opener"] * (situation == "named")]
        now = site.clock()
        until = now + timedelta(days=1)
        for kind in kinds:
            for role in ROLES:
                grant = f"{record}-{kind}-{role}"
                row = GrantRow(grant, record, f"user-{role}", kind, until, "head", now, None)
                grants.insert(uow.connection, row)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    clock, wire = Clock(), Wire()
    with ExitStack() as stack:
        sites = []
        for number, authority in enumerate((SENDER, RECEIVER), 1):
            folder = tmp_path_factory.mktemp("everybody")
            site = make_site(folder, authority, clock, wire, f"http://127.0.0.1:{number}")
            stack.callback(site.database.close)
            sites.append(site)
        pair(sites[0], sites[1])
        pair(sites[1], sites[0])
        both = Two(sites[0], sites[1], clock, wire)
        handed = {situation: hand_over(both, situation) for situation in SITUATIONS}
        assert set(both.run()) == {"done"}
        prepared = {situation: begin(both.sender, situation) for situation in SITUATIONS}
        for situation in SITUATIONS:
            settle(both.sender, situation, handed[situation])
            settle(both.receiver, situation, handed[situation])
            settle(both.sender, situation, prepared[situation])
        doors = [door(site) for site in sites]
        for one in doors:
            stack.enter_context(one.http)  # one event loop for all calls
        yield Everybody(doors[0], doors[1], handed, prepared)


def test_every_endpoint_is_in_the_table() -> None:
    """Once, or once for each side that it is asked of."""
    assert {NAMES[row.endpoint] for row in ROWS} == set(SECURED)
    asked = [(row.endpoint, row.of) for row in ROWS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.endpoint} of {row.of}")
def test_the_table_tells_what_happens(everybody: Everybody, row: Row) -> None:
    situations = SITUATIONS if row.of != "—" else SITUATIONS[:1]
    observed = {
        role: "".join(everybody.outcome(row, role, situation) for situation in situations)
        for role in ROLES
    }
    assert observed == row.cells


@pytest.mark.parametrize("role", ROLES)
def test_a_list_holds_what_can_be_seen_and_names_what_can_be_opened(
    everybody: Everybody, role: Role
) -> None:
    """As each handover by itself is shown; and the same by pages of one."""
    for at in (everybody.sending, everybody.receiving):
        desk = at.desk(role)
        shown = {}
        for handover in everybody.handovers.values():
            answer = desk.get(f"/v1/handovers/{handover}")
            if answer.status_code == 200:
                shown[handover] = answer.json()
                words = desk.get(f"/v1/handovers/{handover}/words/notification", "Test")
                if words.status_code == 403:
                    assert answer.json()["label"] is None
                    hidden = answer.json()["restricted"]
                    assert not (hidden and answer.json()["own_reference"])
        if role in SEE_NOTHING:
            continue
        listed: list[dict[str, Any]] = []
        cursor: str | None = "0"
        while cursor is not None:
            page = desk.get(f"/v1/handovers?limit=1&cursor={cursor}").json()
            listed += page["handovers"]
            cursor = page["cursor"]
        assert {row["handover"]: row for row in listed} == {
            handover: {name: one[name] for name in listed[0]} for handover, one in shown.items()
        }


@pytest.mark.parametrize("role", [role for role in ROLES if role not in SEE_NOTHING])
def test_a_reference_finds_only_what_shows_it(everybody: Everybody, role: Role) -> None:
    desk = everybody.sending.desk(role)
    for situation, handover in everybody.handovers.items():
        path = f"/v1/handovers?own_reference=X/{situation.upper()}"
        found = [row["handover"] for row in desk.get(path).json()["handovers"]]
        shown = desk.get(f"/v1/handovers/{handover}").json()
        assert found == ([handover] if shown.get("own_reference") else []), situation


@pytest.mark.parametrize("role", ["practitioner", "cp_chair", "performance", "head_of_service"])
def test_what_is_restricted_is_overdue_all_the_same(everybody: Everybody, role: Role) -> None:
    desk = everybody.receiving.desk(role)
    listed = {row["handover"]: row for row in desk.get("/v1/handovers").json()["handovers"]}
    due = desk.get("/v1/due-soon").json()["clocks"]
    assert {one["handover"] for one in due} == set(listed)
    for one in due:
        row = listed[one["handover"]]
        assert (one["label"], one["own_reference"]) == (row["label"], row["own_reference"])


def test_the_document_states_the_letters_and_situations() -> None:
    used = {letter for row in ROWS for cell in row.cells.values() for letter in cell}
    assert used == set(re.findall(r"^\| `(.)` \|", TEXT, re.MULTILINE))
    assert len(re.findall(r"^[1-9]\. ", TEXT, re.MULTILINE)) == len(SITUATIONS)
