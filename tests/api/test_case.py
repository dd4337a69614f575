"""The case as it goes on, over HTTP: supplements, corrections, and the whole of it."""

import pytest

from app.demo import story
from tests.api.conftest import CANARY, Door, Standing, code, dispatched
from tests.casefile.samples import attachment, event
from tests.flows.conftest import SENDER, Two
from tests.flows.test_crossing import TODAY

MINUTES = b"%PDF-1.7 invented"
OWED = story.ref("sampleton", "meeting-core")
MINUTED = {
    "id": story.ref("sampleton", "meeting-core-minuted"), "kind": "core_group",
    "supersedes": [OWED], "minutes": {"status": "included", "attachment": 1},
}  # fmt: skip


def test_minutes_come_later_and_the_papers_stay_as_they_were(
    two: Two, sending: Door, receiving: Door
) -> None:
    worker, duty = sending.desk(), receiving.desk()
    path = f"/v1/handovers/{dispatched(two, worker)}"
    before = duty.get(f"{path}/casefile", "Test")
    assert before.headers["Later-Statements"] == "0"
    made = worker.post(f"{path}/drafts", {})
    assert (made.status_code, made.json()["handover"]) == (201, path.rpartition("/")[2])
    assert made.headers["Location"] == f"/v1/drafts/{made.json()['id']}"
    assert worker.attach(made.json()["id"], 1, "Protokół.pdf", MINUTES).status_code == 201
    parts = {"meetings": [MINUTED], "attachments": [attachment(1)]}
    said = {"words": {"parts": parts}, "documents": made.json()["id"]}
    key = {"Idempotency-Key": "key-1"}
    stated = worker.post(f"{path}/supplements", said, **key)
    assert (stated.status_code, stated.json()["kind"]) == (201, "supplement")
    assert worker.post(f"{path}/supplements", said, **key).json() == stated.json()
    assert two.run() == ["done"]
    statement = stated.json()["statement"]
    got = duty.get(f"{path}/statements/{statement}/attachments/1", "To read them")
    assert (got.content, got.headers["Accept-Ranges"]) == (MINUTES, "bytes")
    part = duty.ask(
        "GET", f"{path}/statements/{statement}/attachments/1",
        {"Access-Purpose": "Test", "Range": "bytes=0-3"},
    )  # fmt: skip
    assert (part.status_code, part.content) == (206, MINUTES[:4])
    after = duty.get(f"{path}/casefile", "Test")
    assert (after.json(), after.headers["Later-Statements"]) == (story.case_file(TODAY), "1")
    for desk in (worker, duty):
        whole = desk.get(f"{path}/casefile/merged", "To plan").json()
        threads = [
            [(one["id"], one["stands"]) for one in thread["tellings"]]
            for thread in whole["sections"]["meetings"]
        ]
        assert [(MINUTED["id"], True), (OWED, False)] in threads
        assert whole["conflicts"] == 0
        assert [one["authority"] for one in whole["sources"]] == [SENDER, SENDER]
    nowhere = duty.get(f"{path}/statements/{'0' * 64}/attachments/1", "Test")
    assert (nowhere.status_code, code(nowhere)) == (404, "no-papers")


def test_a_correction_needs_no_codes(two: Two, sending: Door, receiving: Door) -> None:
    path = f"/v1/handovers/{dispatched(two, sending.desk())}"
    wrong = {"supersedes": [{"entry": OWED, "why": f"{CANARY}: another family's."}]}
    theirs = receiving.desk().post(f"{path}/corrections", {"words": wrong})
    assert (theirs.status_code, code(theirs)) == (409, "nothing-of-ours")
    said = sending.desk().post(f"{path}/corrections", {"words": wrong})
    assert (said.status_code, said.json()["kind"]) == (201, "correction")
    assert two.run() == ["done"]
    shown = receiving.desk().get(f"{path}/words/correction", "Test").json()
    assert shown["supersedes"] == wrong["supersedes"]


@pytest.mark.parametrize("what", ["supplements", "corrections"])
@pytest.mark.parametrize(
    ("said", "status", "expected"),
    [
        ({}, 422, "statement-bundle"),
        ({"words": {CANARY: 1}}, 422, "content-invalid"),
        ({"words": {"parts": {"people": [{CANARY: 1}]}}}, 422, "content-invalid"),
        ({"words": {"parts": 1}, "documents": CANARY}, 422, "request-invalid"),
        ({CANARY: 1}, 422, "request-invalid"),
    ],
)
def test_what_can_t_be_said_says_nothing(
    standing: Standing, what: str, said: object, status: int, expected: str
) -> None:
    refused = standing.sending.desk().post(f"/v1/handovers/{standing.handover}/{what}", said)
    assert (refused.status_code, code(refused)) == (status, expected)


def test_documents_of_another_draft_go_with_no_supplement(standing: Standing) -> None:
    said = {"words": {"parts": {"chronology": [event()]}}, "documents": standing.draft}
    path = f"/v1/handovers/{standing.handover}/supplements"
    refused = standing.sending.desk().post(path, said)
    assert (refused.status_code, code(refused)) == (404, "no-such-draft")
