"""The play: a family moves, and the case does not start again."""

from datetime import date, timedelta
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
    try:
        for authority in (sender, receiver):
            authority.start()
        teller.say("Both services are running, each with its own folder, keys, database and port.")
        handover = _crossing(sender, receiver, teller, today)
        _overdue(sender, receiver, teller, today)
        ledger = Client(sender, "head_of_service").get(f"/v1/handovers/{handover}/ledger")
        scenes.verify(open_site, receiver, ledger, teller)
    finally:
        for authority in (sender, receiver):
            authority.stop()
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
    teller.say("Everybody in this story is invented. THE KEYS OF THIS DEMONSTRATION ARE NOT")
    teller.say("ENCRYPTED: never use its folder for a real case.")
    teller.say("Oxfordshire and Swindon trust each other by fingerprints read over the telephone:")
    teller.say(f"  {fingerprint}")
    teller.step("paired", fingerprint=fingerprint)
    return oxfordshire, swindon


def _crossing(sender: Authority, receiver: Authority, teller: Teller, today: date) -> str:
    """The Sampletons: notified, sent, acknowledged, opened, refused, accepted, closed."""
    worker = Client(sender, "practitioner")
    duty = Client(receiver, "practitioner")
    chair = Client(receiver, "head_of_service")
    handover = scenes.notify(worker, duty, teller, today)
    scenes.send_papers(worker, duty, handover, teller, today)
    scenes.acknowledge(duty, worker, handover, teller)
    scenes.open_case(duty, handover, teller, today)
    scenes.arrange(duty, handover, teller, today)
    scenes.accept(chair, worker, handover, teller, today)
    scenes.close(worker, chair, handover, teller, today)
    return handover


def _overdue(sender: Authority, receiver: Authority, teller: Teller, today: date) -> None:
    told = today - timedelta(days=24)
    scenes.overdue(
        Client(sender, "practitioner"),
        {"Oxfordshire": Client(sender, "head_of_service"),
         "Swindon": Client(receiver, "head_of_service")},
        teller,
        today,
        told,
    )  # fmt: skip
