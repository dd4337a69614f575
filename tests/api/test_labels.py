"""Handling labels and protected addresses over HTTP: who gets what of one case."""

import json
from typing import Any

import pytest

from app.access import Caller
from app.casefile.items import items
from app.casefile.model import parse_case_file
from app.errors import NotAllowed
from app.flows import disclose
from app.store import access_log
from app.trust import accesslog
from tests.api.conftest import CANARY, Door, code
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, WORKER, Two
from tests.handover import make

ROAD = {"lines": [f"1 {CANARY} Road"], "postcode": "ZZ99 1AA", "protection": {"reason": "adoption"}}
COURT = [{"code": "court_permission"}]
CASE = samples.case(
    addresses=[{"id": samples.ref("home"), **ROAD}, {"id": samples.ref("old"), "lines": ["2"]}],
    concerns=[samples.concern(), samples.concern("closed", what=CANARY, handling=COURT)],
    attachments=[samples.attachment(1, handling=COURT), samples.attachment(2)],
)
NOTIFICATION = {**acts.NOTIFICATION, "went_to": ROAD}


@pytest.fixture
def handover(two: Two, sending: Door) -> str:
    desk = sending.desk()
    asked = {
        "recipient": RECEIVER,
        "own_reference": "X/1",
        "transfer": "cp_permanent",
        "case_file": CASE,
    }
    made: str = desk.post("/v1/drafts", asked).json()["id"]
    told = desk.post(f"/v1/drafts/{made}/notification", {"words": NOTIFICATION})
    assert told.status_code == 201, told.text
    for number, label in ((1, "open"), (2, "open"), (3, "originator_consent"), (4, "not_to")):
        put = desk.attach(made, number, "a.pdf", b"%d" % number, **{"Handling-Labels": label})
        assert put.status_code == 201
    assert desk.post(f"/v1/drafts/{made}/dispatch", {}).status_code == 201
    assert set(two.run()) == {"done"}
    return made


def opened(at: Door, role: Any, path: str) -> tuple[Any, str | None, str | None]:
    answer = at.desk(role).get(path, "To plan a visit")
    assert answer.status_code == 200, answer.text
    headers = answer.headers
    return answer.json(), headers.get("Withheld-Entries"), headers.get("Masked-Addresses")


def test_a_case_file_is_opened_by_label_and_without_protected_places(
    receiving: Door, handover: str
) -> None:
    masked = [{**CASE["addresses"][0], "lines": None, "postcode": None}, CASE["addresses"][1]]
    path = f"/v1/handovers/{handover}"
    for where in ("casefile", "words/dispatch"):
        whole = opened(receiving, "practitioner", f"{path}/{where}")
        assert whole == ({**CASE, "addresses": masked}, "0", "1")
        words, withheld, masks = opened(receiving, "business_support", f"{path}/{where}")
        assert (withheld, masks, CANARY in json.dumps(words)) == ("2", "1", False)
        assert [one["number"] for one in words["attachments"]] == [2]
        assert [one["id"] for one in words["concerns"]] == [samples.ref("concern")]
    words, withheld, masks = opened(receiving, "practitioner", f"{path}/words/notification")
    assert (withheld, masks, words["went_to"]["lines"]) == ("0", "1", None)


def test_an_item_whose_entry_is_withheld_keeps_its_row(receiving: Door, handover: str) -> None:
    path = f"/v1/handovers/{handover}/items"
    whole, none, _ = opened(receiving, "practitioner", path)
    some, one, _ = opened(receiving, "business_support", path)
    assert (none, one) == ("0", "1")
    closed = {
        item.id for item in items(parse_case_file(CASE)) if item.source == samples.ref("closed")
    }
    told = {row["item"]: row["what"] for row in some["items"] if row["type"] == "gap"}
    hidden = dict.fromkeys(closed) | told
    expected = [{**row, "what": hidden.get(row["item"], row["what"])} for row in whole["items"]]
    assert expected == some["items"]
    assert CANARY not in str(some)
    assert "“Invented concern.” Who" in str(some)
    assert str(some).count("(2 places)") < str(whole).count("(2 places)")
    assert {row["what"] for row in whole["items"] if row["item"] in closed} == {CANARY}


def test_a_document_is_refused_by_either_label(receiving: Door, handover: str) -> None:
    """The one in the case file and the one given with its bytes both count, wherever it goes."""
    labels = {1: "court_permission", 2: "open", 3: "originator_consent", 4: "not_to"}
    for number, label in labels.items():
        path = f"/v1/handovers/{handover}/attachments/{number}"
        got = receiving.desk().get(path, "Test")
        assert (got.status_code, got.headers["Handling-Labels"]) == (200, label)
        got = receiving.desk("business_support").get(path, "Test")
        if number in (2, 4):
            assert got.status_code == 200
        else:
            assert (got.status_code, code(got)) == (403, "label-closed")


def test_a_protected_address_is_revealed_for_a_reason_that_is_logged_first(
    two: Two, receiving: Door, handover: str
) -> None:
    path = f"/v1/handovers/{handover}/addresses"
    refused = receiving.desk().get(path)
    assert (refused.status_code, code(refused)) == (422, "access-purpose")
    found = receiving.desk().get(path, "To visit tonight").json()["addresses"]
    assert found == [
        {"statement": "notification", "address": ROAD},
        {"statement": "dispatch", "address": CASE["addresses"][0]},
    ]
    with two.receiver.database.read() as uow:
        last = access_log.last(uow.connection)
    assert last is not None
    line = json.loads(last.entry)
    assert (line["act"], line["part"]) == ("reveal", "addresses")
    key = two.receiver.keyring.label_key.raw
    assert accesslog.open_purpose(last.entry, key) == "To visit tonight"
    refused = receiving.desk("business_support").get(path, "Test")
    assert (refused.status_code, code(refused)) == (403, "not-permitted")


def test_words_limit_a_document_that_its_manifest_calls_open(two: Two) -> None:
    """Another implementation may label it in one place only."""
    acts.opened_by_hand(two)
    case = samples.case(
        children=[samples.child()], attachments=[samples.attachment(1, handling=COURT)]
    )
    words = json.dumps(case, sort_keys=True, separators=(",", ":")).encode()
    bundle = acts.sealed(
        two.receiver, "dispatch", make.HANDOVER, words, (acts.document(b"Fictional."),)
    )
    said = acts.wire(two.sender, "dispatch", make.HANDOVER, bundle)
    assert acts.hand_in(two.receiver, said, bundle.file).payload.body["result"] == "stored"
    clerk = Caller("user-8", frozenset({"business_support"}), WORKER.teams)
    with pytest.raises(NotAllowed, match="label-closed"):
        disclose.attachment(two.receiver, clerk, make.HANDOVER, 1, "Test")
    document = disclose.attachment(two.receiver, WORKER, make.HANDOVER, 1, "Test")
    assert document.labels == ("open",)


def test_a_child_with_a_closed_label_has_no_name_in_lists(two: Two, sending: Door) -> None:
    name = [{"full": f"{CANARY} Child", "kind": "legal"}]
    desk = sending.desk()
    asked = {
        "recipient": RECEIVER,
        "own_reference": "X/2",
        "transfer": "cp_permanent",
        "case_file": samples.case(
            children=[samples.child(names=name, handling=COURT), *_sibling()]
        ),
    }
    made = desk.post("/v1/drafts", asked).json()["id"]
    desk.post(f"/v1/drafts/{made}/notification", {"words": acts.NOTIFICATION})
    assert desk.post(f"/v1/drafts/{made}/dispatch", {}).status_code == 201
    (row,) = desk.get("/v1/handovers").json()["handovers"]
    assert row["label"] == "(no name), Invented Sibling"


def _sibling() -> list[dict[str, Any]]:
    names = [{"full": "Invented Sibling", "kind": "legal"}]
    return [samples.child("sibling", names=names, scope="information_only")]
