"""Swindon has it: a person acknowledges, opens the case, sees the children, and accepts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.scenes.common import BLOCKING, NAMES, in_state
from app.demo.teller import Teller, counted

OWNER = {"name": "Noor Inventado", "role": "Social worker, Swindon"}


def acknowledge(duty: Client, worker: Client, handover: str, teller: Teller) -> None:
    """Delivered is a machine's word; acknowledged is a person's."""
    teller.scene("A named person has it")
    person = {
        "name": "Lee Example",
        "role": "Duty social worker",
        "team": "Swindon front door",
        "phone": "01632 960500",
    }
    duty.post(f"/v1/handovers/{handover}/acknowledgement", {"words": {"person": person}})
    wait_for(lambda: in_state(worker, handover, "acknowledged"))
    seen = worker.get(f"/v1/handovers/{handover}/words/acknowledgement", "Who has it?")["person"]
    teller.say(
        f"Oxfordshire sees who: {seen['name']}, {seen['role']}, {seen['team']}, {seen['phone']}."
    )
    teller.step("acknowledged")


def open_case(duty: Client, handover: str, teller: Teller, today: date) -> None:
    """Opened for a stated purpose; every word, date and byte as it was sent."""
    teller.scene("The case is opened, and does not start again")
    purpose = "To plan tonight's visit"
    opened = duty.get(f"/v1/handovers/{handover}/casefile", purpose)
    same = opened == story.answered(today)
    for document in [*story.documents(today), story.scan()]:
        path = f"/v1/handovers/{handover}/attachments/{document.number}"
        same = same and duty.download(path, purpose) == document.data
    teller.say(
        f"The duty worker opens it and says what for: \u201c{purpose}\u201d. Who opened what, "
        "when and why is written down and can't be rubbed out."
    )
    teller.say(
        "Every word, date and document is as it was sent: "
        + ("yes." if same else "NO!")
        + " What worries Oxfordshire most comes first:"
    )
    for worry in opened["summary"]["worries"]:
        teller.point(worry)
    patterns = duty.get(f"/v1/handovers/{handover}/patterns", purpose)
    teller.say("What the record shows when it is counted, each figure with its entries:")
    for sentence in _counted(opened, patterns):
        teller.point(sentence)
    teller.step("opened", identical=same)


def _counted(case_file: dict[str, Any], patterns: dict[str, Any]) -> Iterator[str]:
    """Two of the patterns that nobody sees who reads one entry at a time."""
    agencies = {event["id"]: event["agency"] for event in case_file["chronology"]}
    unsafe = next(one for one in patterns["incidents"] if one["kind"] == "unsafe_supervision")
    told_by = {agencies[one["entry"]] for one in unsafe["dated"]}
    apart = " and ".join(str(days) for days in unsafe["days_between"])
    yield (
        f"Unsafe supervision {len(unsafe['dated'])} times, {apart} days apart, told by "
        f"{len(told_by)} different agencies or people."
    )
    last = patterns["reviews"]["around"][-1]
    before, after = last["before"], last["after"]
    yield (
        f"In the {before['days']} days before the last review: {_good_and_bad(before)}. In the "
        f"{after['days']} days after it: {_good_and_bad(after)}."
    )


def _good_and_bad(window: dict[str, Any]) -> str:
    bad = counted(len(window["negative"]), "event", "events")
    return f"{bad} on record bad for the children, {len(window['positive'])} good"


def arrange(duty: Client, handover: str, teller: Teller, today: date) -> None:
    """What Swindon arranges the same evening."""
    on = today.isoformat()
    codes = {
        "worker": "allocated",
        "conference": on,
        "temporary_list": on,
        "seen": {"on": on, "alone": True, "home": True},
    }
    seen = {"seen": True, "on": on, "home_seen": True}
    words = {
        "allocations": [{"worker": {**OWNER, "team": "Children's team", "phone": "01632 960501"}}],
        "seen": [
            {**seen, "child": story.ref("sampleton", "maisie"), "alone": True},
            {**seen, "child": story.ref("sampleton", "alfie"), "alone": False,
             "why_not": "too_young"},
        ],
    }  # fmt: skip
    duty.post(f"/v1/handovers/{handover}/arrangements", {"codes": codes, "words": words})
    teller.say(
        f"Swindon sees both children the same evening, Maisie alone, names {OWNER['name']} as "
        "their worker, and says so."
    )
    teller.step("arranged")


def accept(chair: Client, worker: Client, handover: str, teller: Teller, today: date) -> None:
    """Refused while one concern has nobody; then complete."""
    teller.scene("The conference: what happens to this now?")
    shown = chair.get(f"/v1/handovers/{handover}")
    items = [one["item"] for one in shown["items"] if one["type"] in BLOCKING]
    path = f"/v1/handovers/{handover}/acceptance"
    teller.say(
        f"Swindon accepts, but with a name beside only {len(items) - 1} of the {len(items)} "
        "concerns and outcomes."
    )
    problem = chair.refused(path, _acceptance(shown, items[1:], today))
    teller.warn(f"Refused. {problem['detail']}.")
    teller.step("acceptance_refused", code=problem["type"], items=problem["ids"])
    chair.post(path, {**_acceptance(shown, [], today), "carry_forward_to": OWNER})
    seen = wait_for(lambda: in_state(worker, handover, "accepted"))
    found = worker.get(f"/v1/handovers/{handover}/items", "To see who has them")["items"]
    taken = sum(one["became"] == {"owner": OWNER} for one in found)
    teller.say(
        f"One had been left to nobody. Now {OWNER['name']} takes over all {taken} open things, by "
        "name, in one step, and Oxfordshire sees it. Accepted."
    )
    for child in seen["children"]:
        teller.point(
            f"{_first_name(child['child'], today)}: child protection plan held by "
            f"{NAMES[child['plan_held_by']]}. Responds to harm today: "
            f"{NAMES.get(child['responds'], 'not known')}."
        )
    teller.step("accepted", carried_forward=taken)


def close(worker: Client, chair: Client, handover: str, teller: Teller, today: date) -> None:
    """Only now does Oxfordshire end its own plan."""
    worker.post(f"/v1/handovers/{handover}/closure", {"codes": {"ended": today.isoformat()}})
    wait_for(lambda: in_state(chair, handover, "closed"))
    teller.say(
        "Only now does Oxfordshire end its own plan. There was no moment at which nobody held it."
    )
    teller.step("closed")


def _first_name(child: str, today: date) -> str:
    children = {one["id"]: one["names"][0]["given"] for one in story.case_file(today)["children"]}
    return str(children[child]).partition(" ")[0]


def _acceptance(shown: dict[str, Any], items: list[str], today: date) -> dict[str, Any]:
    on = today.isoformat()
    return {
        "codes": {
            "held": on,
            "quorate": True,
            "sender": "attended",
            "results": [
                {"child": one["child"], "result": "plan", "start": on,
                 "category": {"scheme": "england", "code": "neglect"}}
                for one in shown["children"]
            ],
            "dispositions": [{"item": one, "disposition": "carried_forward"} for one in items],
            "core_group": (today + timedelta(days=10)).isoformat(),
            "review": (today + timedelta(days=90)).isoformat(),
            "family_told": True,
            "dissent": False,
        },
        "words": {
            "chair": {"name": "Ines Fabula", "role": "Conference chair"},
            "parents": "Both parents came. Roy, the father, spoke first this time.",
            "items": [{"item": one, "owner": OWNER} for one in items],
        },
    }  # fmt: skip
