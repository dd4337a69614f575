"""Nobody can fail to see what is late, and anybody can check what was said."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.scenes.common import NAMES, in_state
from app.demo.stage import Authority, OpenSite
from app.demo.teller import Teller, counted, in_words
from app.flows import verify as verification
from app.flows.site import directory_of

SHOWN = 4
"""Of what is overdue, how many steps are told."""


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
    wait_for(lambda: in_state(supervisors["Swindon"], draft["id"], "notified"))
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
