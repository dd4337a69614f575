"""A case crosses: notified, sent, receipted, acknowledged, opened, accepted, closed."""

from datetime import date

import pytest

from app.crypto.strictjson import canonical
from app.demo import story
from app.errors import Conflict
from app.flows import disclose, draft, items, read, respond, send
from app.flows.attaching import AttachmentSink
from app.flows.respond import Said
from tests.flows.conftest import HEAD, ON_BOTH, RECEIVER, SENDER, WORKER, Two

TODAY = date(2026, 12, 18)
PERSON = {
    "name": "Fictional Duty Worker",
    "role": "Duty social worker",
    "team": "Front door",
    "phone": "01632 960001",
}


def begin(two: Two) -> str:
    row = draft.create(
        two.sender,
        WORKER,
        recipient=RECEIVER,
        own_reference="OX/1",
        transfer="cp_permanent",
        team=None,
        case_file=story.case_file(TODAY),
    )
    for document in story.documents(TODAY):
        sink = AttachmentSink(
            two.sender, WORKER, row.id, document.number, document.name, document.media_type
        )
        sink.feed(document.data)
        sink.finish()
    return row.id


@ON_BOTH
def test_a_case_crosses_end_to_end(two: Two) -> None:
    handover = begin(two)
    send.notify(two.sender, WORKER, handover, story.notification(TODAY))
    assert two.run() == ["done"]
    shown = read.show(two.receiver, WORKER, handover)
    assert shown["state"] == "notified"
    assert shown["label"]
    two.clock.forward(hours=1)
    send.dispatch(two.sender, WORKER, handover, [], "key-1")
    assert two.run() == ["done"]
    respond.say(two.receiver, WORKER, handover, "acknowledgement", Said({}, {"person": PERSON}))
    assert two.run() == ["done"]
    assert read.show(two.sender, WORKER, handover)["state"] == "acknowledged"

    opened = disclose.words(
        two.receiver, WORKER, handover, "dispatch", "To plan the first visit"
    ).value
    assert canonical(opened) == canonical(story.case_file(TODAY))
    for document in story.documents(TODAY):
        got = disclose.attachment(two.receiver, WORKER, handover, document.number, "Minutes")
        assert (got.name, b"".join(got.pieces)) == (document.name, document.data)

    described = items.items(two.receiver, WORKER, handover, "To plan the conference")
    assert len(described) == len(read.show(two.receiver, WORKER, handover)["items"])
    assert all(len(one["what"]) > 10 for one in described)
    assert any("Kyle grabbed Alfie's arm" in one["what"] for one in described)

    with pytest.raises(Conflict) as refused:
        respond.say(two.receiver, HEAD, handover, "acceptance", acceptance(two, handover, 1))
    assert refused.value.code == "items-open"
    respond.say(two.receiver, HEAD, handover, "acceptance", acceptance(two, handover, 0))
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        seen = read.show(site, HEAD, handover)
        assert {child["plan_held_by"] for child in seen["children"]} == {RECEIVER}
    respond.say(two.sender, WORKER, handover, "closure", Said({"ended": "2026-12-18"}))
    assert two.run() == ["done"]
    assert read.show(two.receiver, HEAD, handover)["state"] == "closed"
    assert two.sender.authority == SENDER


def acceptance(two: Two, handover: str, leave_out: int) -> Said:
    """All accepted onto a plan; the first `leave_out` blocking items have nobody."""
    shown = read.show(two.receiver, HEAD, handover)
    blocking = [one["item"] for one in shown["items"] if one["type"] in ("concern", "outcome")]
    taken = blocking[leave_out:]
    owner = {"name": "Fictional Lead Worker", "role": "Social worker"}
    codes = {
        "held": "2026-12-18",
        "quorate": True,
        "sender": "attended",
        "results": [
            {
                "child": child["child"],
                "result": "plan",
                "start": "2026-12-18",
                "category": {"scheme": "england", "code": "neglect"},
            }
            for child in shown["children"]
        ],
        "dispositions": [{"item": item, "disposition": "carried_forward"} for item in taken],
        "family_told": True,
        "dissent": False,
    }
    words = {
        "chair": {"name": "Fictional Chair", "role": "Conference chair"},
        "items": [{"item": item, "owner": owner} for item in taken],
    }
    return Said(codes, words)
