"""Patterns over HTTP: who may have them, what labels keep out of them, and plots as pictures."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.access import Role
from app.api.outermost import HEADERS
from app.casefile.model import parse_case_file
from app.casefile.patterns import patterns
from app.casefile.patterns.words import NAMES
from app.demo import story
from app.store import access_log
from app.trust import accesslog
from tests.api.conftest import CANARY, Desk, Door, Standing, code, dispatched
from tests.casefile import samples
from tests.flows import acts
from tests.flows.conftest import RECEIVER, Two
from tests.flows.test_crossing import TODAY
from tests.handover import make

PURPOSE = "To plan a visit"
COURT = [{"code": "court_permission"}]
CHILD = samples.child(names=[{"kind": "legal", "full": f"{CANARY} Child"}])


def missed(name: str, **fields: Any) -> dict[str, Any]:
    return samples.event(name, kind="missed_appointment", **fields)


def sent(two: Two, desk: Desk, **sections: Any) -> str:
    asked = {
        "recipient": RECEIVER,
        "own_reference": "X/1",
        "transfer": "cp_permanent",
        "case_file": samples.case(**sections),
    }
    made = desk.post("/v1/drafts", asked).json()["id"]
    told = desk.post(f"/v1/drafts/{made}/notification", {"words": acts.NOTIFICATION})
    assert told.status_code == 201
    assert desk.post(f"/v1/drafts/{made}/dispatch", {}).status_code == 201
    assert set(two.run()) == {"done"}
    return f"/v1/handovers/{made}"


def test_both_sides_have_the_patterns_of_the_case(two: Two, sending: Door, receiving: Door) -> None:
    path = f"/v1/handovers/{dispatched(two, sending.desk())}/patterns"
    expected = patterns(parse_case_file(story.case_file(TODAY)), TODAY).model_dump(mode="json")
    for at in (sending, receiving):
        got = at.desk().get(path, PURPOSE)
        assert (got.status_code, got.headers["Withheld-Entries"]) == (200, "0")
        assert got.json() == expected


def test_what_a_label_withholds_is_neither_counted_nor_drawn(
    two: Two, sending: Door, receiving: Door
) -> None:
    entries = [missed("open"), missed("closed", what=CANARY, handling=COURT)]
    children = [{**CHILD, "handling": COURT}, samples.child("two", scope="information_only")]
    path = sent(two, sending.desk(), children=children, chronology=entries)
    given: list[tuple[Role, int, list[str]]] = [
        ("practitioner", 0, ["closed", "open"]),
        ("business_support", 2, ["open"]),
    ]
    for role, withheld, names in given:
        desk = receiving.desk(role)
        got = desk.get(f"{path}/patterns", PURPOSE)
        assert (got.json()["withheld"], got.headers["Withheld-Entries"]) == (
            withheld,
            str(withheld),
        )
        (quarter,) = got.json()["missed"]["quarters"]
        assert set(quarter["appointments"]) == {samples.ref(name) for name in names}
        whole = got.text
        for name in NAMES:
            drawn = desk.get(f"{path}/patterns/{name}.svg", PURPOSE)
            assert drawn.headers["Withheld-Entries"] == str(withheld)
            assert ("withheld from you" in drawn.text) is bool(withheld)
            whole += drawn.text
        assert (CANARY in whole) is not withheld
        assert (samples.ref("closed") in whole) is not withheld


def test_what_was_said_since_counts(two: Two, sending: Door, receiving: Door) -> None:
    desk = sending.desk()
    path = sent(two, desk, chronology=[missed("one")])
    parts = {"chronology": [missed("two"), missed("new", supersedes=[samples.ref("one")])]}
    assert desk.post(f"{path}/supplements", {"words": {"parts": parts}}).status_code == 201
    assert two.run() == ["done"]
    found = receiving.desk().get(f"{path}/patterns", PURPOSE).json()
    (quarter,) = found["missed"]["quarters"]
    assert set(quarter["appointments"]) == {samples.ref("two"), samples.ref("new")}
    assert found["unread"] == 0


def test_what_cannot_be_read_is_said(two: Two, receiving: Door) -> None:
    acts.opened_by_hand(two)
    for kind, words in (
        ("dispatch", samples.case(chronology=[missed("one")])),
        ("supplement", {"v": 2, "parts": {"chronology": [missed("two")]}}),
    ):
        data = json.dumps(words, sort_keys=True, separators=(",", ":")).encode()
        bundle = acts.sealed(two.receiver, kind, make.HANDOVER, data)
        said = acts.wire(two.sender, kind, make.HANDOVER, bundle)
        acts.hand_in(two.receiver, said, bundle.file)
    path = f"/v1/handovers/{make.HANDOVER}/patterns"
    found = receiving.desk().get(path, PURPOSE).json()
    assert (found["unread"], len(found["missed"]["quarters"])) == (1, 1)
    drawn = receiving.desk().get(f"{path}/missed.svg", PURPOSE).text
    assert "1 statement of the case can&#x27;t be read here" in drawn


@pytest.mark.parametrize("path", ["patterns", *(f"patterns/{name}.svg" for name in NAMES)])
def test_each_is_an_opening_for_a_purpose_that_is_logged(
    standing: Standing, two: Two, path: str
) -> None:
    where = f"/v1/handovers/{standing.handover}/{path}"
    refused = standing.receiving.desk().get(where)
    assert (refused.status_code, code(refused)) == (422, "access-purpose")
    got = standing.receiving.desk().get(where, PURPOSE)
    assert got.status_code == 200
    assert got.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    if path.endswith(".svg"):
        assert got.headers["Content-Type"] == "image/svg+xml"
        name = path.rpartition("/")[2]
        assert got.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert ET.fromstring(got.content).attrib["role"] == "img"  # noqa: S314 -- our own output
    with standing.receiving.site.database.read() as uow:
        last = access_log.last(uow.connection)
    assert last is not None
    line = json.loads(last.entry)
    assert (line["act"], line["part"]) == ("open", "case/content.json")
    key = standing.receiving.site.keyring.label_key.raw
    assert accesslog.open_purpose(last.entry, key) == PURPOSE


@pytest.mark.parametrize("name", ["other", "missed.svg", "..%2Fmissed", "MISSED", ""])
def test_there_is_no_other_plot(standing: Standing, name: str) -> None:
    path = f"/v1/handovers/{standing.handover}/patterns/{name}.svg"
    assert standing.receiving.desk().get(path, PURPOSE).status_code in (404, 422)


def test_without_papers_there_is_nothing_to_count(two: Two, receiving: Door) -> None:
    acts.opened_by_hand(two)
    got = receiving.desk().get(f"/v1/handovers/{make.HANDOVER}/patterns", PURPOSE)
    assert (got.status_code, code(got)) == (404, "no-papers")
