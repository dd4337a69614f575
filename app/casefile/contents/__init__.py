"""What the sealed `content.json` of each kind of statement holds.

Statements carry only codes, dates, ids and digests; every word about a person is here, and what a
statement's body says already is not said twice. Only a notification and a request for records
repeat it, since they must be enough on their own. The content of a dispatch is the case file; a
receipt, a refusal and a synchronisation have none.
"""

from types import MappingProxyType

from app.casefile.contents.arrival import Notification, RecordsRequest
from app.casefile.contents.base import Content, NamedPerson
from app.casefile.contents.changes import Correction, Superseded, Supplement
from app.casefile.contents.taking_over import (
    Acceptance,
    Acknowledgement,
    Arrangements,
    Decline,
    Disposition,
    ItemWords,
)
from app.casefile.contents.talking import (
    Attested,
    Chase,
    Closure,
    Destruction,
    Disagreement,
    Fact,
    Heard,
    Query,
    Recall,
    Reply,
)
from app.casefile.model import CaseFile, check_references, parse_case_file, read
from app.errors import Malformed

CONTENTS: MappingProxyType[str, type[Content]] = MappingProxyType(
    {
        "notification": Notification,
        "records_request": RecordsRequest,
        "acknowledgement": Acknowledgement,
        "arrangements": Arrangements,
        "acceptance": Acceptance,
        "decline": Decline,
        "recall": Recall,
        "closure": Closure,
        "fact": Fact,
        "supplement": Supplement,
        "correction": Correction,
        "query": Query,
        "reply": Reply,
        "disposition": Disposition,
        "disagreement": Disagreement,
        "chase": Chase,
        "heard": Heard,
        "destruction": Destruction,
        "attested": Attested,
    }
)
"""The model of each kind's content; a dispatch's is `CaseFile`."""

# These stand before any case file, so what they name must be in them.
_COMPLETE = (Notification, RecordsRequest)

__all__ = [
    "CONTENTS", "Acceptance", "Acknowledgement", "Arrangements", "Attested", "Chase", "Closure",
    "Content", "Correction", "Decline", "Destruction", "Disagreement", "Disposition", "Fact",
    "Heard", "ItemWords", "NamedPerson", "Notification", "Query", "Recall", "RecordsRequest",
    "Reply", "Superseded", "Supplement", "parse_content",
]  # fmt: skip


def parse_content(kind: str, value: object) -> Content | CaseFile:
    """Read the content of a statement of `kind`, strictly, from a JSON value.

    Raises:
        Malformed: `content-kind` for a kind without content, `content-invalid`,
            `reason-not-enough-evidence`, `reference-duplicate`, `reference-unresolved`; for a
            dispatch see `parse_case_file`. Never a word of what was sent.
    """
    if kind == "dispatch":
        return parse_case_file(value)
    if kind not in CONTENTS:
        raise Malformed("content-kind", "Statements of this kind have no content.")
    content = read(CONTENTS[kind], value, code="content-invalid")
    check_references(content, elsewhere=not isinstance(content, _COMPLETE))
    return content
