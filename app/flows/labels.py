"""The label by which people know a handover in a list ("the Joneses"). Sealed wherever it rests."""

from app.casefile.contents import Notification, RecordsRequest
from app.casefile.model import CaseFile
from app.crypto import box
from app.flows.site import Site

LONGEST = 200


def of_notification(words: Notification | RecordsRequest) -> str:
    """The children's names, as a person would ask for them."""
    return _joined([[name.full for name in child.names] for child in words.children])


def of_case_file(case_file: CaseFile) -> str:
    return _joined([[name.full for name in child.names] for child in case_file.children])


def seal(site: Site, handover: str, label: str) -> bytes:
    return box.seal(site.keyring.label_key.raw, label.encode(), _where(handover))


def open_(site: Site, handover: str, sealed: bytes | None) -> str | None:
    """For a viewer who may open the case."""
    if sealed is None:
        return None
    return box.open_(site.keyring.label_key.raw, sealed, _where(handover)).decode()


def _joined(children: list[list[str]]) -> str:
    return ", ".join(names[0] if names else "unborn or unnamed" for names in children)[:LONGEST]


def _where(handover: str) -> bytes:
    return f"label:{handover}".encode()
