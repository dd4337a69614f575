"""Another implementation's half of the exchange, step by step."""

from dataclasses import dataclass
from typing import Any

from app.flows.site import Site
from app.store import bundles, statements
from tests.api.asgi import Call, call
from tests.api.conftest import Desk
from tests.flows.conftest import Two

STATEMENT = "application/case-handover-statement+jws"
WIRE = {"Content-Type": STATEMENT}


def issued(site: Site, handover: str) -> tuple[bytes, bytes]:
    """The wire form of the only statement of ours that waits, and its bundle."""
    with site.database.read() as uow:
        (row,) = statements.with_status(uow.connection, handover, "pending")
        found = bundles.get(uow.connection, row.bundle) if row.bundle else None
    assert found is not None
    with site.blobs.reader(found.blob) as sealed:
        return row.wire, sealed.read(found.size)


@dataclass
class Sent:
    """A notification that waits at the sender, and the receiver's exchange."""

    two: Two
    peer: Desk
    handover: str
    wire: bytes
    bundle: bytes

    def post(self, wire: bytes | None = None) -> Any:
        return self.peer.ask(
            "POST", "/exchange/v1/statements", WIRE, content=self.wire if wire is None else wire
        )

    def wanted(self) -> "Wanted":
        answer = self.post()
        assert (answer.status_code, answer.content) == (202, b"")
        secret, place = answer.headers["Upload-Secret"], answer.headers["Location"]
        return Wanted(self, "/exchange/v1/" + place, secret)


@dataclass
class Wanted:
    """An upload as a sender sees it."""

    sent: Sent
    path: str
    secret: str

    def offset(self) -> int:
        answer = self.sent.peer.ask("HEAD", self.path, {"Upload-Secret": self.secret})
        assert (answer.status_code, answer.headers["Upload-Complete"]) == (204, "?0")
        return int(answer.headers["Upload-Offset"])

    def headers(self, offset: int, complete: str) -> dict[str, str]:
        return {
            "Content-Type": "application/partial-upload",
            "Upload-Secret": self.secret,
            "Upload-Offset": str(offset),
            "Upload-Complete": complete,
        }

    def patch(self, offset: int, data: bytes, complete: str = "?0") -> Any:
        headers = self.headers(offset, complete)
        return self.sent.peer.ask("PATCH", self.path, headers, content=data)

    def cut(self, offset: int, pieces: list[bytes], complete: str = "?1") -> Call:
        app = self.sent.peer.http.app
        return call(app, "PATCH", self.path, self.headers(offset, complete), pieces, cut=True)
