"""The play: a family moves, and the case does not start again."""

from datetime import date
from pathlib import Path
from typing import Any

from app.demo import scenes, story
from app.demo.client import Client
from app.demo.stage import Authority, OpenSite, found, pair
from app.demo.teller import Teller

SENDING_PEOPLE = {"practitioner": ["family-west"], "head_of_service": []}
RECEIVING_PEOPLE = {"practitioner": ["front-door"], "head_of_service": []}


def play(open_site: OpenSite, folder: Path, teller: Teller, today: date) -> dict[str, Any]:
    """The whole demonstration in `folder`; returns the summary for programs."""
    sender, receiver = _set_up(open_site, folder, teller)
    with (
        sender,
        receiver,
        Client(sender, "practitioner") as worker,
        Client(sender, "head_of_service") as head,
        Client(receiver, "practitioner") as duty,
        Client(receiver, "head_of_service") as chair,
    ):
        teller.say("Each runs a service of its own, with its own folder, keys and records.")
        handover = scenes.notify(worker, duty, teller, today)
        scenes.send_papers(worker, handover, teller, today)
        scenes.ask_what_is_missing(worker, handover, teller, today)
        scenes.lose_power(worker, receiver, handover, teller)
        scenes.arrive(duty, handover, teller, today)
        scenes.acknowledge(duty, worker, handover, teller)
        scenes.open_case(duty, handover, teller, today)
        scenes.arrange(duty, handover, teller, today)
        scenes.supplement(worker, duty, handover, teller, today)
        scenes.accept(chair, worker, handover, teller, today)
        scenes.close(worker, chair, handover, teller, today)
        scenes.overdue(worker, {"Oxfordshire": head, "Swindon": chair}, teller, today)
        scenes.verify(open_site, receiver, head.get(f"/v1/handovers/{handover}/ledger"), teller)
    teller.summary["handover"] = handover
    teller.summary["seconds"] = teller.seconds
    return teller.summary


def _set_up(open_site: OpenSite, folder: Path, teller: Teller) -> tuple[Authority, Authority]:
    teller.scene("Two authorities")
    oxfordshire, one = found(
        open_site, folder / "oxfordshire", story.SENDER, "Oxfordshire (demo)", SENDING_PEOPLE
    )
    swindon, other = found(
        open_site, folder / "swindon", story.RECEIVER, "Swindon (demo)", RECEIVING_PEOPLE
    )
    fingerprint = pair(one, other)
    one.database.close()
    other.database.close()
    teller.say(
        "Everybody in this story is invented. THE KEYS OF THIS DEMONSTRATION ARE NOT ENCRYPTED: "
        "never use its folder for a real case."
    )
    teller.say(
        "Oxfordshire and Swindon trust each other, because each has read its fingerprint to the "
        "other over the telephone. Oxfordshire's is:"
    )
    teller.say(fingerprint)
    teller.step("paired", fingerprint=fingerprint)
    return oxfordshire, swindon
