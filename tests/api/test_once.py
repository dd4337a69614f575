"""Who lost the answer asks again under the same key, and nothing happens twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo import story
from app.flows import tick
from tests.api.conftest import Desk, Door, Standing, code, new_draft, stood
from tests.flows import acts
from tests.flows.conftest import RECEIVER, Two
from tests.flows.test_crossing import PERSON, TODAY

KEY = {"Idempotency-Key": "one request"}
DRAFT = {
    "recipient": RECEIVER,
    "own_reference": "OX/9",
    "transfer": "cp_permanent",
    "case_file": story.case_file(TODAY),
}
FACT = {"codes": {"code": "address_confirmed", "on": TODAY.isoformat()}}
ACKNOWLEDGEMENT = {"words": {"person": PERSON}}
RECALL = {"codes": {"code": "returned_home"}}


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Standing]:
    """A handover in which something may be said."""
    with stood(tmp_path) as one:
        yield one


def stored(two: Two) -> list[int]:
    """How many drafts and statements each side has."""
    sites = (two.sender, two.receiver)
    return [len(acts.everything(one)[name]) for one in sites for name in ("drafts", "statements")]


def said_twice(two: Two, desk: Desk, path: str, body: Any) -> Any:
    first = desk.post(path, body, **KEY)
    assert first.status_code == 201
    before = stored(two)
    two.clock.forward(days=29)
    again = desk.post(path, body, **KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert stored(two) == before
    return first.json()


def test_a_draft_is_begun_once(two: Two, sending: Door) -> None:
    assert said_twice(two, sending.desk(), "/v1/drafts", DRAFT)["own_reference"] == "OX/9"


def test_a_family_is_notified_once(two: Two, sending: Door) -> None:
    desk = sending.desk()
    path = f"/v1/drafts/{new_draft(desk)}/notification"
    said_twice(two, desk, path, {"words": story.notification(TODAY)})
    assert two.run() == ["done"]


@pytest.mark.parametrize(
    ("side", "what", "body"),
    [("sending", "facts", FACT), ("receiving", "acknowledgement", ACKNOWLEDGEMENT),
     ("receiving", "facts", FACT), ("sending", "recall", RECALL)],
)  # fmt: skip
def test_anything_is_said_once(fresh: Standing, side: str, what: str, body: Any) -> None:
    door: Door = getattr(fresh, side)
    path = f"/v1/handovers/{fresh.handover}/{what}"
    said_twice(fresh.two, door.desk(), path, body)


def test_without_a_key_or_under_another_it_is_said_again(fresh: Standing) -> None:
    desk, path = fresh.sending.desk(), f"/v1/handovers/{fresh.handover}/facts"
    first = desk.post(path, FACT, **KEY).json()
    fresh.two.clock.forward(seconds=1)
    for headers in ({}, {"Idempotency-Key": "another"}):
        said = desk.post(path, FACT, **headers)
        assert said.status_code == 201
        assert said.json()["statement"] != first["statement"]
        fresh.two.clock.forward(seconds=1)


def test_a_key_is_one_requests_and_one_persons(fresh: Standing) -> None:
    desk, path = fresh.sending.desk(), f"/v1/handovers/{fresh.handover}/facts"
    first = desk.post(path, FACT, **KEY).json()
    other = {"codes": {**FACT["codes"], "code": "minutes_shared"}}
    for refused in (
        desk.post(path, other, **KEY),
        desk.post(path.replace("facts", "recall"), RECALL, **KEY),
        desk.post("/v1/drafts", DRAFT, **KEY),
    ):
        assert (refused.status_code, code(refused)) == (409, "idempotency-key-reused")
    fresh.two.clock.forward(seconds=1)
    theirs = fresh.sending.desk("team_manager").post(path, FACT, **KEY)
    assert theirs.json()["statement"] != first["statement"]
    empty = desk.post(path, FACT, **{"Idempotency-Key": ""})
    assert (empty.status_code, code(empty)) == (422, "request-invalid")


def test_who_may_no_longer_say_it_gets_no_answer_of_before(
    fresh: Standing,
) -> None:
    path = f"/v1/handovers/{fresh.handover}/facts"
    assert fresh.sending.desk().post(path, FACT, **KEY).status_code == 201
    elsewhere = fresh.sending.desk("practitioner", "another-team")
    assert elsewhere.post(path, FACT, **KEY).status_code == 404


def test_what_was_refused_may_be_said_right_under_the_same_key(fresh: Standing) -> None:
    desk, path = fresh.sending.desk(), f"/v1/handovers/{fresh.handover}/facts"
    assert desk.post(path, {"codes": {"code": "no such code"}}, **KEY).status_code == 422
    assert desk.post(path, FACT, **KEY).status_code == 201


def test_made_many_times_at_once_it_happens_once(fresh: Standing) -> None:
    desk, path = fresh.sending.desk(), f"/v1/handovers/{fresh.handover}/facts"
    before = stored(fresh.two)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: desk.post(path, FACT, **KEY), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["statement"] for answer in answers}) == 1
    after = stored(fresh.two)
    assert [new - old for new, old in zip(after, before, strict=True)] == [0, 1, 0, 0]


def test_a_key_is_forgotten_after_its_time(two: Two, sending: Door) -> None:
    first = sending.desk().post("/v1/drafts", DRAFT, **KEY).json()["id"]
    two.clock.now += timedelta(days=31)
    tick.tick(two.sender)
    assert sending.desk().post("/v1/drafts", DRAFT, **KEY).json()["id"] != first
