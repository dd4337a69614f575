"""Two invented families for the demonstration. Nobody in them exists.

The Sampletons: Oxfordshire hands two children on a child protection plan for neglect over to
Swindon. The Przykładowskas: a smaller case whose handover is overdue. ("Przykład" is "example".)

Their data is TOML of the case file's own shape, with days counted from a given `today`: see
`weave`. Telephone numbers are of Ofcom's ranges for drama, NHS numbers of the range that is never
issued, postcodes of an area that does not exist.
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from app.demo.story.minutes import minutes_pdf
from app.demo.story.weave import ref, weave

__all__ = [
    "RECEIVER",
    "SENDER",
    "UNANSWERED",
    "Document",
    "answered",
    "case_file",
    "documents",
    "minutes_pdf",
    "notification",
    "ref",
    "scan",
    "second_case_file",
    "second_notification",
    "supplement",
    "supplement_document",
]  # fmt: skip

SENDER = "gss:E10000025"
"""Oxfordshire."""
RECEIVER = "gss:E06000030"
"""Swindon."""


@dataclass(frozen=True)
class Document:
    """A document beside the case file."""

    number: int
    """Its number in the case file's `attachments`."""
    name: str
    media_type: str
    data: bytes


def case_file(today: date) -> dict[str, Any]:
    """The Sampletons' case file, as a JSON value that `parse_case_file` reads."""
    return weave("sampleton", "case", today)


UNANSWERED = "outcome-without-consequence"
"""The check whose gap Oxfordshire answers before it sends the case."""


def answered(today: date) -> dict[str, Any]:
    """The Sampletons' case file as sent: it says what follows if an outcome is not reached."""
    value = case_file(today)
    for outcome in value["outcomes"]:
        if outcome.get("status", "open") == "open":
            outcome.setdefault("consequence", "We ask for a legal planning meeting within a week.")
    return value


def notification(today: date) -> dict[str, Any]:
    """The content of the notification that Oxfordshire sends `today` about the Sampletons."""
    content: dict[str, Any] = weave("sampleton", "notification", today)["notification"]
    return content


def documents(today: date) -> list[Document]:
    """The three sets of minutes beside the Sampletons' case file, as PDF."""
    meetings = weave("sampleton", "minutes", today)["minutes"]
    return [
        Document(
            meeting["attachment"], meeting["file_name"], "application/pdf", minutes_pdf(meeting)
        )
        for meeting in meetings
    ]


def scan() -> Document:
    """A large document, as an old paper file is one: an A4 page at 600 dpi in the Netpbm format,
    invented and marked so. 35 MB of grey noise, the same each time."""
    mark = b"# INVENTED FOR DEMONSTRATION: a page of grey noise, with nobody in it"
    grey = Random("scan").randbytes(4960 * 7016)  # noqa: S311 - not a secret
    data = b"P5\n%s\n4960 7016\n255\n%s" % (mark, grey)
    return Document(4, "invented-scan.pgm", "image/x-portable-graymap", data)


def supplement(today: date) -> dict[str, Any]:
    """The content of the supplement that brings the minutes of the core group."""
    content: dict[str, Any] = weave("sampleton", "supplement", today)["supplement"]
    return content


def supplement_document(today: date) -> Document:
    """The minutes of the core group, as PDF."""
    about = weave("sampleton", "supplement", today)["document"]
    return Document(about["attachment"], about["file_name"], "application/pdf", minutes_pdf(about))


def second_case_file(today: date) -> dict[str, Any]:
    """The Przykładowskas' case file. The family moved 26 days before `today`."""
    return weave("przykladowska", "case", today)


def second_notification(today: date) -> dict[str, Any]:
    """The content of their notification, sent 24 days before `today`."""
    content: dict[str, Any] = weave("przykladowska", "notification", today)["notification"]
    return content
