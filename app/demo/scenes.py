"""The scenes of the play, one function each. They do only what the API lets anybody do."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.stage import Authority, OpenSite
from app.demo.teller import Teller, counted, in_words
from app.flows import verify as verification
from app.flows.site import directory_of

NAMES = {story.SENDER: "Oxfordshire", story.RECEIVER: "Swindon"}
BLOCKING = ("concern", "outcome")
SHOWN = 4
"""Of what is overdue, how many steps are told."""
OWNER = {"name": "Noor Inventado", "role": "Social worker, Swindon"}


def notify(worker: Client, duty: Client, teller: Teller, today: date) -> str:
    """The three-minute facts, before any papers."""
    teller.scene("A family has moved: tell them now")
    words = story.notification(today)
    teller.say(
        "A health visitor rang Oxfordshire: the flat in Didcot is empty, the family is in Swindon. "
        "There are no papers yet, but Swindon must know tonight:"
    )
    teller.point(f"Risk now: {words['immediate_risk']}")
    teller.point(f"Tonight: {words['action_tonight']}")
    draft = worker.post(
        "/v1/drafts",
        {
            "recipient": story.RECEIVER,
            "own_reference": "OX/2026/0417",
            "transfer": "cp_permanent",
            "case_file": story.case_file(today),
        },
    )
    handover: str = draft["id"]
    before = teller.seconds
    worker.post(f"/v1/drafts/{handover}/notification", {"words": words})
    shown = wait_for(lambda: _state(duty, handover, "notified"))
    took = round(teller.seconds - before, 1)
    teller.say(f"{took} seconds later Swindon has it, and has signed for it.")
    conference = _clock(shown, "transfer_conference")
    teller.say(
        "From now on both see the same deadlines. Swindon holds the transfer-in conference by "
        f"{in_words(conference['due'])}. (Source: {conference['source']}.)"
    )
    teller.step("notified", seconds=took, conference_due=conference["due"])
    return handover


def send_papers(worker: Client, duty: Client, handover: str, teller: Teller, today: date) -> None:
    """The case file with its documents, sealed to Swindon alone."""
    teller.scene("The papers follow")
    case_file = story.case_file(today)
    documents = story.documents(today)
    for document in documents:
        path = f"/v1/drafts/{handover}/attachments/{document.number}"
        worker.put(path, document.name, document.media_type, document.data)
    key = {"Idempotency-Key": "demo-1"}
    worker.post(f"/v1/drafts/{handover}/dispatch", {"running": []}, **key)
    shown = wait_for(lambda: _state(duty, handover, "dispatched"))
    events, agencies = len(case_file["chronology"]), {e["agency"] for e in case_file["chronology"]}
    teller.say(
        f"Oxfordshire sends {events} chronology entries from {len(agencies)} agencies, what is "
        "known of mother, father and grandparents, an open allegation, and the minutes of "
        f"{len(documents)} meetings. Only Swindon can open them, and it checked all of it before "
        "it signed the receipt."
    )
    blocking = [one for one in shown["items"] if one["type"] in BLOCKING]
    teller.say(
        f"{len(shown['items'])} things are still open. {len(blocking)} of them are concerns and "
        "outcomes of the plan: Swindon can't accept while one of those has nobody."
    )
    teller.step("dispatched", events=events, documents=len(documents), items=len(shown["items"]))


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
    wait_for(lambda: _state(worker, handover, "acknowledged"))
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
    same = opened == story.case_file(today)
    for document in story.documents(today):
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
    teller.step("opened", identical=same)


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
    teller.say("One had been left to nobody. Somebody takes it, by name.")
    teller.step("acceptance_refused", code=problem["type"], items=problem["ids"])
    chair.post(path, _acceptance(shown, items, today))
    seen = wait_for(lambda: _state(worker, handover, "accepted"))
    teller.say(f"Accepted. All {len(items)} concerns and outcomes are {OWNER['name']}'s now.")
    for child in seen["children"]:
        teller.point(
            f"{_first_name(child['child'], today)}: child protection plan held by "
            f"{NAMES[child['plan_held_by']]}. Responds to harm today: "
            f"{NAMES.get(child['responds'], 'not known')}."
        )
    teller.step("accepted", carried_forward=len(items))


def close(worker: Client, chair: Client, handover: str, teller: Teller, today: date) -> None:
    """Only now does Oxfordshire end its own plan."""
    worker.post(f"/v1/handovers/{handover}/closure", {"codes": {"ended": today.isoformat()}})
    wait_for(lambda: _state(chair, handover, "closed"))
    teller.say(
        "Only now does Oxfordshire end its own plan. There was no moment at which nobody held it."
    )
    teller.step("closed")


def overdue(worker: Client, supervisors: Mapping[str, Client], teller: Teller, today: date) -> None:
    """Another family, told by telephone weeks ago, and nothing since."""
    teller.scene("What nobody may miss")
    words = story.second_notification(today)
    told = words["call"]["at"][: len("2026-12-14")]
    draft = worker.post(
        "/v1/drafts",
        {
            "recipient": story.RECEIVER,
            "own_reference": "OX/2026/0398",
            "transfer": "cp_permanent",
            "case_file": story.second_case_file(today),
        },
    )
    worker.post(f"/v1/drafts/{draft['id']}/notification", {"words": words, "effective": told})
    wait_for(lambda: _state(supervisors["Swindon"], draft["id"], "notified"))
    teller.say(
        f"A second family. Swindon was told by telephone on {in_words(told)}, and nothing "
        "followed. Oxfordshire types it in today; the deadlines count from the day of the call, "
        "and what is late stays late."
    )
    before: list[str] = []
    for name, supervisor in supervisors.items():
        clocks = [
            one for one in supervisor.get("/v1/overdue")["clocks"]
            if one["handover"] == draft["id"]
        ]  # fmt: skip
        said = [_late(one) for one in clocks]
        if said == before:
            teller.say(f"The supervisor in {name} sees the same {len(clocks)}, in the same words.")
        else:
            teller.say(f"The supervisor in {name} sees {len(clocks)} steps overdue:")
            for one, sentence in list(zip(clocks, said, strict=True))[:SHOWN]:
                teller.warn(sentence)
                teller.point(f"Source: {one['source']}.")
            if len(clocks) > SHOWN:
                teller.say(f"... and {len(clocks) - SHOWN} more.")
        before = said
        teller.step("overdue", at=name, clocks=clocks)


def verify(open_site: OpenSite, at: Authority, ledger: dict[str, Any], teller: Teller) -> None:
    """The ledger proves itself without any server."""
    teller.scene("Evidence")
    site = open_site(at.home, None)
    try:
        with site.database.read() as uow:
            directory = directory_of(uow, site)
    finally:
        site.database.close()
    report = verification.verify_ledger(ledger, directory)
    teller.say(
        f"The two have said {len(report.entries)} things to each other, in one order that both "
        "keep. It was checked without either service: who signed each (Ed25519 and ML-DSA-65), "
        "that none is missing or changed, and that each was allowed to follow the one before."
    )
    teller.step("verified", entries=len(report.entries))


def _state(client: Client, handover: str, state: str) -> Any:
    """The handover, once all of its children are in this state."""
    rows = client.get("/v1/handovers?limit=200")["handovers"]
    if all(row["handover"] != handover for row in rows):
        return None
    shown = client.get(f"/v1/handovers/{handover}")
    return shown if all(child["state"] == state for child in shown["children"]) else None


def _clock(shown: dict[str, Any], step: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in shown["clocks"] if one["step"] == step)
    return found


def _late(clock: dict[str, Any]) -> str:
    """One overdue step, in words that are the same at both."""
    ours = clock["owes"] == clock["side"]
    who = (
        NAMES[clock["peer"]]
        if not ours
        else next(n for i, n in NAMES.items() if i != clock["peer"])
    )
    days = counted(clock["working_days_over"], "working day", "working days")
    return f"{clock['title']}. {who} owes it; it was due on {in_words(clock['due'])}: {days} late."


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
