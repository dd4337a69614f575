"""What the tests of flows do and say, by short calls. Everybody in it is invented."""

from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import select

from app.bundle.manifest import Announced, Expected
from app.bundle.seal import Attachment, seal
from app.crypto.ids import digest
from app.crypto.recipients import HybridRecipient
from app.flows import draft, issue, read, receive, send, setup, uploading
from app.flows.issue import Issued, Saying
from app.flows.site import Site, directory_of
from app.flows.uploading import BundleWanted
from app.handover.statement import Statement, reopen
from app.handover.when import stamp
from app.store import handovers, statements
from app.store.statements import StatementRow
from app.store.tables import metadata
from app.trust.card import next_version
from app.trust.envelope import sign_statement
from tests.casefile import samples
from tests.flows.conftest import HEAD, RECEIVER, WORKER, Two
from tests.handover import make

CHILD = samples.ref("child")
WORDS = b'{"fictional":true,"v":1}'
NOTIFICATION: dict[str, Any] = {
    "v": 1,
    "fictional": True,
    "children": [{"id": CHILD, "status": "living"}],
}
PERSON = {
    "name": "Fictional Duty Worker",
    "role": "Duty social worker",
    "team": "Front door",
    "phone": "01632 960001",
}


# By the flows


def begin(two: Two, **case: Any) -> str:
    """A draft of a case with one child and one concern; its id is the handover's."""
    row = draft.create(
        two.sender,
        WORKER,
        recipient=RECEIVER,
        own_reference="FICTION/1",
        transfer="cp_permanent",
        team=None,
        case_file=samples.case(concerns=[samples.concern()], **case),
    )
    return row.id


def named(name: str) -> dict[str, Any]:
    """The child, with a name."""
    return samples.child(names=[{"full": name, "kind": "legal"}])


def notified(two: Two) -> str:
    """A handover that was notified; the notification has arrived."""
    handover = begin(two)
    send.notify(two.sender, WORKER, handover, NOTIFICATION)
    assert two.run() == ["done"]
    return handover


def dispatched(two: Two) -> str:
    """A handover whose papers have arrived."""
    handover = notified(two)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert two.run() == ["done"]
    return handover


def say(
    site: Site,
    handover: str,
    kind: str,
    body: dict[str, Any] | None = None,
    children: tuple[str, ...] | None = None,
) -> Issued:
    """State it with a good body, and some words where there must be a bundle."""
    with site.database.read() as uow:
        row = handovers.get(uow.connection, handover)
    assert row is not None
    content: dict[str, Any] | None = {"v": 1, "fictional": True}
    if kind in ("fact", "recall", "closure", "heard", "chase", "disposition"):
        content = None
    said = dated(site, make.BODIES[kind] if body is None else body)
    saying = Saying(kind, said, content, (), children)
    return issue.issue(site, handover, row.peer, row.side, saying)  # type: ignore[arg-type]


def dated(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    """The body as if it had happened today: `make` has days of its own."""
    today = site.clock().date().isoformat()
    return {**body, **{name: today for name in ("held", "on", "ended") if name in body}}


def accept(two: Two, handover: str, result: str = "plan") -> Issued:
    """The receiver's conference has a result for the child, and an answer for the one concern."""
    items = read.show(two.receiver, HEAD, handover)["items"]
    answers = [{"item": one["item"], "disposition": "carried_forward"} for one in items]
    body = make.conference([make.result(CHILD, result)], answers)
    return say(two.receiver, handover, "acceptance", body, (CHILD,))


# By hand, as another implementation might


@dataclass(frozen=True)
class Sealed:
    file: bytes
    announced: Announced


def sealed(
    to: Site,
    kind: str,
    handover: str,
    content: bytes = WORDS,
    attachments: tuple[Attachment, ...] = (),
    recipient: HybridRecipient | None = None,
    **changes: str,
) -> Sealed:
    """A bundle for `to`; `changes` are what its manifest says otherwise."""
    said = {"kind": kind, "handover": handover, "sender": make.SENDER, "recipient": make.RECEIVER}
    out = BytesIO()
    key = recipient or to.keyring.identities()[0].recipient
    announced = seal(Expected(**{**said, **changes}), content, attachments, [key], out.write)
    return Sealed(out.getvalue(), announced)


def announcing(file: bytes, like: Sealed) -> Sealed:
    """Other bytes, announced as they are."""
    announced = Announced(digest(file), len(file), like.announced.manifest)
    return Sealed(file, announced)


def document(data: bytes) -> Attachment:
    return Attachment(
        "Minutes.txt", "text/plain", ("open",), len(data), digest(data), lambda: [data]
    )


def wire(
    by: Site, kind: str, handover: str | None, bundle: Sealed | None = None, **members: Any
) -> bytes:
    """A statement of `by`, now; members that are None are left out."""
    now = by.clock()
    if kind in ("notification", "dispatch", "records_request"):
        members.setdefault("children", [make.ASH])
    announced = asdict(bundle.announced) if bundle else None
    to = make.SENDER if by.authority == RECEIVER else RECEIVER
    said = {"handover": handover, "to": to, "bundle": announced, "at": stamp(now)}
    said["effective"] = said["at"]
    payload = make.value(kind, members.pop("body", None), by=by.authority, **{**said, **members})
    return sign_statement(payload, by.keyring, now).wire


def hand_in(site: Site, wire: bytes, file: bytes = b"") -> Statement:
    """What the exchange does with a statement and its bundle; the signed answer."""
    outcome = receive.statement(site, wire)
    if isinstance(outcome, BundleWanted):
        upload, secret = outcome.upload, outcome.secret
        at = uploading.reached(site, upload, secret)
        uploading.append(site, upload, secret, at, file[at:])
        outcome = receive.complete(site, upload, secret)
    return reopen(outcome.wire)


def opened_by_hand(two: Two, handover: str = make.HANDOVER) -> Statement:
    """The receiver holds a notification that was made by hand; its receipt."""
    words = sealed(two.receiver, "notification", handover)
    said = wire(two.sender, "notification", handover, words)
    return hand_in(two.receiver, said, words.file)


def assisted(site: Site, peer: str) -> None:
    """From now on the other authority is reached by people only."""
    with site.database.write() as uow:
        document = directory_of(uow, site).document
        changed = tuple(
            one.model_copy(update={"route": "assisted", "endpoint": None})
            if one.identifier == peer
            else one
            for one in document.authorities
        )
        newer = next_version(document, changed, site.clock())
        setup.publish(uow.connection, site, newer, site.clock())


# Looking


def kept(site: Site, handover: str, status: str) -> list[StatementRow]:
    """A handover's statements of one status."""
    with site.database.read() as uow:
        return statements.with_status(uow.connection, handover, status)


def everything(site: Site) -> dict[str, Any]:
    """All that a site has stored: the rows of every table, and the names of its blobs; but for how
    far its clock has come."""
    with site.database.read() as uow:
        found: dict[str, Any] = {
            table.name: sorted(map(repr, uow.connection.execute(select(table))))
            for table in metadata.sorted_tables
        }
    found["meta"] = [row for row in found["meta"] if not row.startswith("('clock'")]
    return {**found, "blobs": site.blobs.ids()}


def free(site: Site) -> int:
    """What the disk of its blobs has free."""
    found = site.blobs.free()
    assert found is not None
    return found


def index(site: Site) -> dict[str, Any]:
    """The rows that reindexing makes anew, but for the counter of changes."""
    with site.database.read() as uow:
        order = [row[0] for row in uow.connection.execute(_in_order())]
        rows = {
            name: sorted(
                repr({key: value for key, value in row.items() if key != "sequence"})
                for row in uow.connection.execute(select(metadata.tables[name])).mappings()
            )
            for name in ("handovers", "handover_children", "clocks", "items")
        }
    return {**rows, "order": order}


def _in_order() -> Any:
    table = metadata.tables["handovers"]
    return select(table.c.handover).order_by(table.c.sequence)


def ledger(site: Site, handover: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = read.ledger(site, WORKER, handover)["entries"]
    return entries


def without_work(site: Site) -> None:
    """What waited to be delivered is forgotten, so that only synchronising can help."""
    with site.database.write() as uow:
        uow.connection.exec_driver_sql("DELETE FROM jobs")
