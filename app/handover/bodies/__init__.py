"""What the `body` of each kind of statement holds.

Only enumerations, dates, identifiers, integers and digests: every word about a person is in the
sealed bundle of the statement. `tests/handover/test_bodies.py` holds the schemas to that.
"""

from app.handover.bodies.answers import (
    Acceptance,
    Acknowledgement,
    Arrangements,
    Closure,
    Decline,
    Recall,
)
from app.handover.bodies.base import Body
from app.handover.bodies.conversation import (
    Chase,
    Correction,
    Destruction,
    Disagreement,
    DispositionLater,
    FactStated,
    Heard,
    Query,
    Reply,
    Supplement,
)
from app.handover.bodies.machine import Attested, Receipt, Refusal, Sync
from app.handover.bodies.opening import Dispatch, Notification, RecordsRequest

BODIES: dict[str, type[Body]] = {
    "notification": Notification,
    "records_request": RecordsRequest,
    "dispatch": Dispatch,
    "receipt": Receipt,
    "refusal": Refusal,
    "acknowledgement": Acknowledgement,
    "arrangements": Arrangements,
    "acceptance": Acceptance,
    "decline": Decline,
    "recall": Recall,
    "closure": Closure,
    "supplement": Supplement,
    "correction": Correction,
    "query": Query,
    "reply": Reply,
    "fact": FactStated,
    "disposition": DispositionLater,
    "disagreement": Disagreement,
    "chase": Chase,
    "heard": Heard,
    "destruction": Destruction,
    "sync": Sync,
    "attested": Attested,
}
"""Every kind this version knows. `says` of an attested body is one of these kinds as well."""
