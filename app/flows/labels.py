"""The label by which people know a handover in a list ("the Joneses"). Sealed wherever it rests."""

from app.access import COMMON_LABELS
from app.casefile.contents import Notification, RecordsRequest, parse_content
from app.casefile.model import CaseFile
from app.crypto import box
from app.crypto.strictjson import JsonValue
from app.errors import CaseHandoverError
from app.flows.site import Site

LONGEST = 200


def of_notification(words: Notification | RecordsRequest) -> str:
    """The children's names, as a person would ask for them; empty where none has one."""
    return _joined([[name.full for name in child.names] for child in words.children])


def of_case_file(case_file: CaseFile) -> str:
    """A child whose entry not everybody opens who opens the case has no name in lists."""
    return _joined(
        [
            [name.full for name in child.names]
            if COMMON_LABELS.issuperset(limit.code for limit in child.handling)
            else []
            for child in case_file.children
        ]
    )


def of_words(kind: str, words: JsonValue) -> str | None:
    """The label in the words of a statement that names the children; None where there is none, or
    where they are of a newer form: strictness must not delay a child."""
    try:
        parsed = parse_content(kind, words)
    except CaseHandoverError:
        return None
    if isinstance(parsed, CaseFile):
        return of_case_file(parsed)
    return of_notification(parsed) if isinstance(parsed, Notification | RecordsRequest) else None


def seal(site: Site, handover: str, label: str) -> bytes:
    return box.seal(site.keyring.label_key.raw, label.encode(), _where(handover))


def open_(site: Site, handover: str, sealed: bytes | None) -> str | None:
    """For a viewer who may open the case."""
    if sealed is None:
        return None
    return box.open_(site.keyring.label_key.raw, sealed, _where(handover)).decode()


def _joined(children: list[list[str]]) -> str:
    if not any(children):
        return ""
    return ", ".join(names[0] if names else "(no name)" for names in children)[:LONGEST]


def _where(handover: str) -> bytes:
    return f"label:{handover}".encode()
