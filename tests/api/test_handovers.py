"""Handovers over HTTP: lists, one of them, its ledger, its words, and what either side states."""

import json
from typing import Any

import pytest

from app.demo import story
from tests.api.conftest import (
    CANARY,
    Desk,
    Door,
    Standing,
    code,
    dispatched,
    notified,
)
from tests.flows.conftest import RECEIVER, SENDER, Two
from tests.flows.test_crossing import PERSON, TODAY, acceptance

# --- lists ---------------------------------------------------------------------------------------


def test_a_list_in_pages(two: Two, sending: Door) -> None:
    desk = sending.desk()
    made = [notified(two, desk, f"OX/{number}") for number in range(5)]
    seen: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = desk.get(f"/v1/handovers?limit=2&cursor={cursor}").json()
        seen += [row["handover"] for row in page["handovers"]]
        cursor = page["cursor"]
    assert seen == made
    assert desk.get("/v1/handovers").json()["cursor"] is None


def test_a_list_is_narrowed(two: Two, sending: Door, receiving: Door) -> None:
    first, second = notified(two, sending.desk(), "OX/1"), notified(two, sending.desk(), "OX/2")
    said = receiving.desk().post(
        f"/v1/handovers/{second}/acknowledgement", {"words": {"person": PERSON}}
    )
    assert said.status_code == 201

    def listed(side: Door, query: str) -> set[str]:
        rows = side.desk().get(f"/v1/handovers?{query}").json()["handovers"]
        return {row["handover"] for row in rows}

    assert listed(sending, "direction=sent") == {first, second}
    assert listed(sending, "direction=received") == set()
    assert listed(receiving, "direction=received") == {first, second}
    assert listed(receiving, "state=notified") == {first}
    assert listed(receiving, "state=acknowledged") == {second}
    assert listed(receiving, "state=closed") == set()
    assert listed(sending, "own_reference=OX/2") == {second}
    assert listed(sending, "own_reference=OX/3") == set()
    assert listed(sending, "own_reference=OX/2&direction=received") == set()
    assert listed(receiving, "overdue=true") == set()
    two.clock.forward(days=60)
    assert listed(receiving, "overdue=true") == {first, second}


def test_a_row_of_a_list(standing: Standing) -> None:
    (row,) = standing.receiving.desk().get("/v1/handovers").json()["handovers"]
    assert row | {"label": None, "overdue": 0} == {
        "handover": standing.handover,
        "side": "receiver",
        "peer": SENDER,
        "own_reference": None,
        "label": None,
        "team": "front-door",
        "transfer": "cp_permanent",
        "state": "acknowledged",
        "restricted": False,
        "opened_at": "2026-12-18T15:00:00Z",
        "overdue": 0,
        "contradictions": 0,
        "restoring": False,
        "undelivered": False,
    }
    names = [child["names"][0]["full"] for child in story.case_file(TODAY)["children"]]
    assert all(name in row["label"] for name in names)


# --- one handover --------------------------------------------------------------------------------


def test_one_handover(standing: Standing) -> None:
    shown = standing.receiving.desk().get(f"/v1/handovers/{standing.handover}").json()
    assert shown["state"] == "acknowledged"
    assert {child["plan_held_by"] for child in shown["children"]} == {SENDER}
    assert {child["state"] for child in shown["children"]} == {"acknowledged"}
    assert {"concern", "outcome"} <= {item["type"] for item in shown["items"]}
    assert {clock["owes"] for clock in shown["clocks"]} == {"sender", "receiver"}
    assert all(clock["source"] and clock["title"] for clock in shown["clocks"])
    assert (shown["unconfirmed"], shown["deliveries"]) == ([], [])


def test_both_sides_read_one_ledger(standing: Standing) -> None:
    path = f"/v1/handovers/{standing.handover}/ledger"
    ours = standing.sending.desk().get(path).json()
    assert ours == standing.receiving.desk().get(path).json()
    kinds = [entry["kind"] for entry in ours["entries"]]
    assert kinds[:3] == ["notification", "dispatch", "acknowledgement"]
    first = ours["entries"][0]
    assert (first["place"], first["from"], first["result"]) == (1, SENDER, "stored")
    assert json.loads(first["statement"])["signatures"]


@pytest.mark.parametrize(
    "path", ["", "/ledger", "/duties", "/casefile", "/words/dispatch", "/attachments/1", "/facts"]
)
def test_an_unknown_handover_is_unknown_everywhere(standing: Standing, path: str) -> None:
    desk, gone = standing.receiving.desk(), "/v1/handovers/" + "a" * 26 + path
    refused = desk.post(gone, {}) if path == "/facts" else desk.get(gone, "Test")
    assert (refused.status_code, code(refused)) == (404, "no-such-handover")


def test_the_two_duties_on_a_day_as_known_at_a_moment(standing: Standing) -> None:
    desk, path = standing.receiving.desk(), f"/v1/handovers/{standing.handover}/duties"
    today = desk.get(path).json()
    assert (today["on"], today["known"]) == ("2026-12-18", "2026-12-18T15:00:00Z")
    assert {child["plan_held_by"] for child in today["children"]} == {SENDER}
    then = desk.get(f"{path}?on=2026-12-01&known=2026-12-18").json()
    assert (then["on"], then["known"][:10]) == ("2026-12-01", "2026-12-18")
    before = desk.get(f"{path}?known=2026-12-17")
    assert (before.status_code, code(before)) == (404, "not-known-then")


@pytest.mark.parametrize("parameter", ["on", "known"])
@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        "2026-02-30",
        "2026-12-18T15:00",
        "2026-12-18T15:00:00+01:00",
        "0000-00-00",
        "٢٠٢٦-١٢-١٨",
        "T",
        "-",
        "2026-12-18T25:00:00Z",
    ],
)
def test_a_day_that_is_none_has_no_duties(standing: Standing, parameter: str, text: str) -> None:
    path = f"/v1/handovers/{standing.handover}/duties"
    refused = standing.receiving.desk().ask("GET", path, params={parameter: text})
    assert refused.status_code == 422


@pytest.mark.parametrize("parameter", ["on", "known"])
@pytest.mark.parametrize(
    "text", ["", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_the_ends_of_time_are_no_fault_of_ours(
    standing: Standing, parameter: str, text: str
) -> None:
    path = f"/v1/handovers/{standing.handover}/duties"
    answer = standing.receiving.desk().ask("GET", path, params={parameter: text})
    assert answer.status_code in (200, 404, 422)


# --- stating -------------------------------------------------------------------------------------


def say(desk: Desk, handover: str, what: str, **said: Any) -> dict[str, Any]:
    answer = desk.post(f"/v1/handovers/{handover}/{what}", said)
    assert answer.status_code == 201, answer.text
    stated: dict[str, Any] = answer.json()
    assert (stated["handover"], len(stated["statement"])) == (handover, 64)
    return stated


def test_a_handover_from_the_papers_to_the_end(two: Two, sending: Door, receiving: Door) -> None:
    handover = dispatched(two, sending.desk())
    duty, chair, worker = receiving.desk(), receiving.desk("cp_chair"), sending.desk()
    assert say(duty, handover, "acknowledgement", words={"person": PERSON})["place"] == 3
    codes = {"worker": "allocated", "conference": "2026-12-18"}
    words = {"allocations": [{"worker": PERSON}]}
    assert say(duty, handover, "arrangements", codes=codes, words=words)["place"] == 4
    codes = {"code": "address_confirmed", "on": "2026-12-17"}
    fact = say(duty, handover, "facts", codes=codes, effective="2026-12-17")
    entry = duty.get(f"/v1/handovers/{handover}/ledger").json()["entries"][-1]
    assert (fact["kind"], entry["digest"]) == ("fact", fact["statement"])
    assert (entry["at"], entry["effective"]) == ("2026-12-18T15:00:00Z", "2026-12-17")
    assert set(two.run()) == {"done"}
    said = acceptance(two, handover, 2)
    refused = chair.post(
        f"/v1/handovers/{handover}/acceptance", {"codes": said.codes, "words": said.words}
    )
    assert (refused.status_code, code(refused)) == (409, "items-open")
    assert len(refused.json()["ids"]) == 2
    owner = {"name": "Noor Inventado", "role": "Social worker"}
    asked = {"codes": said.codes, "words": said.words, "carry_forward_to": owner}
    unnamed = {**asked, "carry_forward_to": {"name": "", "role": "Social worker"}}
    bad = chair.post(f"/v1/handovers/{handover}/acceptance", unnamed)
    assert (bad.status_code, bad.json()["pointer"]) == (422, "/carry_forward_to/name")
    say(chair, handover, "acceptance", **asked, effective="2026-12-18")
    assert two.run() == ["done"]
    became = worker.get(f"/v1/handovers/{handover}/items", "To see what became of it").json()
    assert {one["disposition"] for one in became["items"]} == {"carried_forward"}
    assert sum(one["became"] == {"owner": owner} for one in became["items"]) > 2
    item = became["items"][0]["item"]
    settled = {
        "codes": {"dispositions": [{"item": item, "disposition": "resolved"}]},
        "words": {"items": [{"item": item, "evidence": "Seen at home."}]},
    }
    assert say(duty, handover, "dispositions", **settled)["kind"] == "disposition"
    assert two.run() == ["done"]
    shown = worker.get(f"/v1/handovers/{handover}").json()
    assert {child["plan_held_by"] for child in shown["children"]} == {RECEIVER}
    assert say(worker, handover, "closure", codes={"ended": "2026-12-18"})["place"] is None
    assert worker.get(f"/v1/handovers/{handover}").json()["unconfirmed"]
    assert two.run() == ["done"]
    assert duty.get(f"/v1/handovers/{handover}").json()["state"] == "closed"


def test_a_decline_and_a_recall(two: Two, sending: Door, receiving: Door) -> None:
    declined, recalled = (notified(two, sending.desk(), f"OX/{n}") for n in (1, 2))
    children = [
        one["child"] for one in sending.desk().get(f"/v1/handovers/{declined}").json()["children"]
    ]
    path, codes = f"/v1/handovers/{declined}/decline", {"code": "not_living_here"}
    silent = receiving.desk().post(path, {"codes": codes})
    assert (silent.status_code, code(silent)) == (422, "statement-bundle")
    assert (silent.json()["pointer"], "`words`" in silent.json()["detail"]) == ("/words", True)
    why = [{"child": child, "reason": "Nobody at the address knows them."} for child in children]
    words = {"children": why, "manager": PERSON}
    say(receiving.desk(), declined, "decline", codes=codes, words=words)
    assert two.run() == ["done"]
    assert sending.desk().get(f"/v1/handovers/{declined}").json()["state"] == "declined"
    say(sending.desk(), recalled, "recall", codes={"code": "returned_home"})
    assert two.run() == ["done"]
    assert receiving.desk().get(f"/v1/handovers/{recalled}").json()["state"] == "recalled"
    late = receiving.desk().post(
        f"/v1/handovers/{recalled}/acknowledgement", {"words": {"person": PERSON}}
    )
    assert (late.status_code, code(late)) == (409, "not-in-this-state")


@pytest.mark.parametrize("what", ["acknowledgement", "arrangements", "acceptance"])
def test_the_sender_does_not_speak_for_the_receiver(standing: Standing, what: str) -> None:
    desk = standing.sending.desk()
    refused = desk.post(f"/v1/handovers/{standing.handover}/{what}", {})
    assert (refused.status_code, code(refused)) == (403, "not-your-side")


# --- what is due ---------------------------------------------------------------------------------


def test_lists_of_what_is_due_go_on_from_a_cursor(
    two: Two, sending: Door, receiving: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    notified(two, sending.desk())
    manager = receiving.desk("team_manager")
    for path, days in (("/v1/due-soon", 0), ("/v1/overdue", 40)):
        two.clock.forward(days=days)
        whole = manager.get(path).json()["clocks"]
        with monkeypatch.context() as patched:
            patched.setattr("app.flows.read.MAX_PAGE", 1)
            page = manager.get(path).json()
            parts = page["clocks"]
            while page["cursor"] is not None:
                page = manager.get(path, params={"cursor": page["cursor"]}).json()
                parts += page["clocks"]
        assert parts == whole
        for wrong in ("x", f"2026-99-01T00:00:00Z.{'a' * 26}..step"):
            assert manager.get(path, params={"cursor": wrong}).status_code == 422


def test_what_is_due_soon_and_then_overdue(two: Two, sending: Door, receiving: Door) -> None:
    handover = notified(two, sending.desk())
    manager = receiving.desk("team_manager")
    soon = manager.get("/v1/due-soon").json()["clocks"]
    assert soon
    assert {clock["handover"] for clock in soon} == {handover}
    assert {clock["state"] for clock in soon} <= {"running", "due_soon"}
    assert manager.get("/v1/overdue").json() == {"clocks": [], "cursor": None}
    two.clock.forward(days=40)
    overdue = manager.get("/v1/overdue").json()["clocks"]
    assert {clock["step"] for clock in soon} <= {clock["step"] for clock in overdue}
    assert {clock["state"] for clock in overdue} == {"overdue"}
    assert all(clock["working_days_over"] > 0 and clock["source"] for clock in overdue)
    assert [clock["due"] for clock in overdue] == sorted(clock["due"] for clock in overdue)
    assert sending.desk("performance").get("/v1/overdue").json()["clocks"][0]["label"] is None


def test_the_network_of_a_case(standing: Standing) -> None:
    path = f"/v1/handovers/{standing.handover}/network"
    answer = standing.receiving.desk().get(path, "To see who follows")
    assert answer.headers["Withheld-Entries"] == "0"
    roles = answer.json()["roles"]
    children = {child["id"] for child in story.case_file(TODAY)["children"]}
    assert {role["child"] for role in roles if role["expected"]} == children
    assert {"health_visiting", "gp", "school"} <= {role["role"] for role in roles}
    assert answer.json() == standing.sending.desk().get(path, "To see who follows").json()
