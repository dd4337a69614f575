"""The scenes of the play, one function each. They do only what the API lets anybody do."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.stage import Authority, OpenSite
from app.demo.teller import Teller
from app.flows import verify as verification
from app.flows.site import directory_of

OWNER = {"name": "Noor Inventado", "role": "Social worker, Swindon"}


def notify(worker: Client, duty: Client, teller: Teller, today: date) -> str:
    """The three-minute facts, before any papers."""
    teller.scene("A family has moved: tell them now")
    words = story.notification(today)
    teller.say("A health visitor rang Oxfordshire: the flat in Didcot is empty, the family is in")
    teller.say("Swindon. No papers yet, but Swindon must know tonight:")
    teller.say(f"  Risk now: {words['immediate_risk'][:88]}...")
    teller.say(f"  Tonight:  {words['action_tonight'][:88]}...")
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
    teller.say(f"Swindon has it, verified and signed for, {took} seconds later.")
    conference = _clock(shown, "transfer_conference")
    teller.say(f"The clocks run at both: transfer-in conference by {conference['due'][:10]}")
    teller.say(f"  ({conference['source']}).")
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
    teller.say(f"{events} chronology entries from {len(agencies)} agencies, mother, father,")
    teller.say(f"grandparents, an open allegation, and {len(documents)} sets of minutes as PDF.")
    teller.say("Swindon checked every byte before it signed the receipt.")
    blocking = [i for i in shown["items"] if i["type"] in ("concern", "outcome")]
    teller.say(f"{len(shown['items'])} open things came with it; {len(blocking)} of them are")
    teller.say("concerns and outcomes, and Swindon cannot accept while one of those has nobody.")
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
        f"Oxfordshire sees: {seen['name']}, {seen['role']}, {seen['team']}, {seen['phone']}."
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
    teller.say(f"Opened by the duty worker ({purpose}); the opening is in the access log.")
    teller.say("Every word, date and byte is as it was sent: " + ("yes." if same else "NO!"))
    for worry in opened["summary"]["worries"]:
        teller.say(f"  - {worry[:92]}")
    teller.step("opened", identical=same)


def arrange(duty: Client, handover: str, teller: Teller, today: date) -> None:
    """What Swindon arranges the same evening."""
    child = duty.get(f"/v1/handovers/{handover}")["children"][0]["child"]
    codes = {
        "worker": "allocated",
        "conference": today.isoformat(),
        "temporary_list": today.isoformat(),
        "seen": {"on": today.isoformat(), "alone": True, "home": True},
    }
    words = {
        "allocations": [{"worker": {**OWNER, "team": "Children's team", "phone": "01632 960501"}}],
        "seen": [{"child": child, "seen": True, "alone": True, "on": today.isoformat(),
                  "home_seen": True}],
    }  # fmt: skip
    duty.post(f"/v1/handovers/{handover}/arrangements", {"codes": codes, "words": words})
    teller.say("Swindon sees both children the same evening, one of them alone, and says so.")
    teller.step("arranged")


def accept(chair: Client, worker: Client, handover: str, teller: Teller, today: date) -> None:
    """Refused while one concern has nobody; then complete."""
    teller.scene("The conference: who takes over what")
    shown = chair.get(f"/v1/handovers/{handover}")
    items = [one["item"] for one in shown["items"] if one["type"] in ("concern", "outcome")]
    path = f"/v1/handovers/{handover}/acceptance"
    problem = chair.refused(path, _acceptance(shown, items[1:], today))
    teller.warn(f"Refused: {problem['detail']}.")
    teller.say("One concern had been left to nobody. Somebody takes it, by name:")
    teller.step("acceptance_refused", code=problem["type"], items=problem["ids"])
    chair.post(path, _acceptance(shown, items, today))
    seen = wait_for(lambda: _state(worker, handover, "accepted"))
    teller.say(f"Accepted: all {len(items)} concerns and outcomes are {OWNER['name']}'s now.")
    for child in seen["children"]:
        teller.say(f"  Plan held by {child['plan_held_by']}; responds to harm: "
                   f"{child['responds']}.")  # fmt: skip
    teller.step("accepted", carried_forward=len(items))


def close(worker: Client, chair: Client, handover: str, teller: Teller, today: date) -> None:
    """Only now does Oxfordshire end its own plan."""
    worker.post(f"/v1/handovers/{handover}/closure", {"codes": {"ended": today.isoformat()}})
    wait_for(lambda: _state(chair, handover, "closed"))
    teller.say("Only now does Oxfordshire end its own plan. It was never held by nobody.")
    teller.step("closed")


def overdue(
    worker: Client, supervisors: Mapping[str, Client], teller: Teller, today: date, told: date
) -> None:
    """Another family, told by telephone weeks ago, and nothing since."""
    teller.scene("What nobody may miss")
    draft = worker.post(
        "/v1/drafts",
        {
            "recipient": story.RECEIVER,
            "own_reference": "OX/2026/0398",
            "transfer": "cp_permanent",
            "case_file": story.second_case_file(today),
        },
    )
    words = story.second_notification(today)
    body = {"words": words, "effective": told.isoformat()}
    worker.post(f"/v1/drafts/{draft['id']}/notification", body)
    duty = supervisors["Swindon"]
    wait_for(lambda: _state(duty, draft["id"], "notified"))
    teller.say(f"A second family: Swindon was told by telephone on {told}, and nothing followed.")
    teller.say("It is typed in today. What was true then counts from then, and stays late.")
    for name, supervisor in supervisors.items():
        clocks = [
            one for one in supervisor.get("/v1/overdue")["clocks"]
            if one["handover"] == draft["id"]
        ]  # fmt: skip
        teller.say(f"The supervisor in {name} sees {len(clocks)} overdue steps:")
        for one in clocks[:4]:
            days = one["working_days_over"]
            who = "ours" if one["owes"] == one["side"] else "theirs"
            teller.warn(f"{one['title']}: due {one['due'][:10]}, {days} working days over ({who})")
            teller.say(f"      source: {one['source']}")
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
    teller.say(f"The ledger of {len(report.entries)} signed entries was verified offline: every")
    teller.say("signature (Ed25519 and ML-DSA-65), the chain, and that each step may follow.")
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
