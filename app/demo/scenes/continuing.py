"""What the papers did not have comes later, and joins them."""

from datetime import date
from typing import Any

from app.demo import story
from app.demo.client import Client, wait_for
from app.demo.teller import Teller


def supplement(worker: Client, duty: Client, handover: str, teller: Teller, today: date) -> None:
    """Minutes that were owed: the old entry stays readable behind the new."""
    path = f"/v1/handovers/{handover}"
    minutes = story.supplement_document(today)
    draft = worker.post(f"{path}/drafts", {})["id"]
    attachment = f"/v1/drafts/{draft}/attachments/{minutes.number}"
    worker.put(attachment, minutes.name, minutes.media_type, minutes.data)
    words = story.supplement(today)
    said = worker.post(f"{path}/supplements", {"words": words, "documents": draft})["statement"]
    purpose = "To read what was decided"
    found = wait_for(lambda: _minuted(duty, f"{path}/casefile/merged", purpose, said))
    data = duty.download(f"{path}/statements/{said}/attachments/{minutes.number}", purpose)
    new, old = found["tellings"]
    teller.say(
        "Oxfordshire owed the minutes of the last core group. They come now, and Swindon's case "
        "has them in the place of \u201ccoming\u201d, which can still be read. The group decided:"
    )
    for decision in new["entry"]["decisions"]:
        teller.point(decision)
    readable = (new["stands"], old["stands"], data == minutes.data) == (True, False, True)
    teller.step("supplemented", readable=readable, conflict=found["conflict"])


def _minuted(duty: Client, path: str, purpose: str, statement: str) -> Any:
    """The core group in the case as Swindon has it now, once the supplement is there."""
    threads = duty.get(path, purpose)["sections"]["meetings"]
    return next((one for one in threads if statement in one["tellings"][0]["said_in"]), None)
