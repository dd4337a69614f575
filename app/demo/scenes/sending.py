"""Oxfordshire tells Swindon at once, and sends the papers; a machine dies, and nothing is lost."""

from datetime import date
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.scenes.common import BLOCKING, NAMES, in_state
from app.demo.stage import Authority
from app.demo.teller import Teller, in_words


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
    shown = wait_for(lambda: in_state(duty, handover, "notified"))
    took = round(teller.seconds - before, 1)
    teller.say(f"{took} seconds later Swindon has it, and has signed for it.")
    conference = _clock(shown, "transfer_conference")
    teller.say(
        "From now on both see the same deadlines. Swindon holds the transfer-in conference by "
        f"{in_words(conference['due'])}. (Source: {conference['source']}.)"
    )
    teller.step("notified", seconds=took, conference_due=conference["due"])
    return handover


def send_papers(worker: Client, handover: str, teller: Teller, today: date) -> None:
    """The case file with its documents, sealed to Swindon alone."""
    teller.scene("The papers follow")
    case_file = story.case_file(today)
    minutes, scan = story.documents(today), story.scan()
    for document in [*minutes, scan]:
        path = f"/v1/drafts/{handover}/attachments/{document.number}"
        worker.put(path, document.name, document.media_type, document.data)
    events, agencies = len(case_file["chronology"]), {e["agency"] for e in case_file["chronology"]}
    teller.say(
        f"Oxfordshire sends {events} chronology entries from {len(agencies)} agencies, what is "
        "known of mother, father and grandparents, an open allegation, the minutes of "
        f"{len(minutes)} meetings, and a large scan ({_megabytes(len(scan.data))}, invented like "
        "everything here: a page of grey noise). Only Swindon can open them."
    )


def ask_what_is_missing(worker: Client, handover: str, teller: Teller, today: date) -> None:
    """One gap is answered; the rest travels as declared, and nothing waits for it."""
    path = f"/v1/drafts/{handover}"
    before = worker.post(f"{path}/readiness", {})
    of = {one["code"]: one for one in before["missing"]}
    teller.say(
        f"Before it goes: what is missing? {len(before['missing'])} things, "
        f"{before['counts']['high']} of them serious. One of them:"
    )
    teller.point(f"{of[story.UNANSWERED]['question']} {of[story.UNANSWERED]['what']}")
    worker.replace(f"{path}/case-file", {"case_file": story.answered(today)})
    after = worker.post(f"{path}/readiness", {})
    asked = sum(one["asked"] for one in after["declared"])
    teller.say(
        f"The worker answers that one. Nothing waits for the rest: {len(after['missing'])} gaps "
        f"travel as declared, as {asked} questions to which Oxfordshire owes an answer."
    )
    counts = {"found": len(before["missing"]), "left": len(after["missing"]), "asked": asked}
    teller.step("asked_what_is_missing", **counts)


def lose_power(worker: Client, receiver: Authority, handover: str, teller: Teller) -> None:
    """Swindon's service is killed while the papers come in. What came is there; the rest follows.

    Its socket stays bound, so Oxfordshire's second attempt, five seconds after the first, waits for
    the new process; a third would come only five minutes later.
    """
    before = receiver.pieces()
    key = {"Idempotency-Key": "demo-1"}
    sent = worker.post(f"/v1/drafts/{handover}/dispatch", {"running": []}, **key)["statement"]
    wait_for(lambda: receiver.pieces().keys() - before.keys(), pause=0.001)
    receiver.kill()
    held = {path: seen for path, seen in receiver.pieces().items() if path not in before}
    size = sum(piece.size for piece in held.values())
    teller.warn("In the middle of it Swindon's machine loses its power.")
    shown = wait_for(lambda: _undelivered(worker, handover, sent))
    problem = next(one for one in shown["deliveries"] if one["statement"] == sent)["problem"]
    holders = sorted({child["plan_held_by"] for child in shown["children"]})
    teller.say(
        "Oxfordshire's worker sees it where she looks anyway: NOT DELIVERED YET, Swindon can't be "
        "reached, and the service goes on trying by itself. Until Swindon accepts, the plan is "
        f"held by {' and '.join(NAMES[one] for one in holders)}."
    )
    receiver.start()
    wait_for(lambda: not worker.get(f"/v1/handovers/{handover}")["deliveries"], seconds=60)
    after = receiver.pieces()
    lost = sum(piece.size for path, piece in held.items() if after.get(path) != piece)
    later = after.keys() - before.keys() - held.keys()
    resumed = min((int(path.name) for path in later), default=size)
    teller.say(
        f"Swindon's machine starts again. The {_megabytes(size)} that it had put away are there, "
        f"and Oxfordshire goes on from them. {'SOMETHING' if lost else 'Nothing'} was lost."
    )
    seen = {"problem": problem, "plan_held_by": holders}
    teller.step("killed", **seen, held_bytes=size, resumed_from=resumed, lost=lost)


def arrive(duty: Client, handover: str, teller: Teller, today: date) -> None:
    """All of it is there, and was checked before Swindon signed for it."""
    shown = wait_for(lambda: in_state(duty, handover, "dispatched"))
    teller.say("Swindon checked all of it before it signed the receipt.")
    blocking = [one for one in shown["items"] if one["type"] in BLOCKING]
    teller.say(
        f"{len(shown['items'])} things are still open. {len(blocking)} of them are concerns and "
        "outcomes of the plan: Swindon can't accept while one of those has nobody."
    )
    owed = _clock(shown, "answer_gaps")
    gaps = sum(one["type"] == "gap" for one in shown["items"])
    teller.say(
        f"{gaps} are what Oxfordshire owes: what was missing, and what it has promised. It answers "
        f"by {in_words(owed['due'])}, or both see that it is late."
    )
    teller.step(
        "dispatched",
        events=len(story.case_file(today)["chronology"]),
        documents=len(story.documents(today)) + 1,
        items=len(shown["items"]),
        gaps=gaps,
        gaps_due=owed["due"],
    )


def _undelivered(worker: Client, handover: str, statement: str) -> Any:
    """The handover, once an attempt to deliver the statement has failed."""
    shown = worker.get(f"/v1/handovers/{handover}")
    failed = {one["statement"] for one in shown["deliveries"] if one["problem"]}
    return shown if statement in failed else None


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} megabytes"


def _clock(shown: dict[str, Any], step: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in shown["clocks"] if one["step"] == step)
    return found
