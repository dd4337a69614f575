"""The same request again has no effect, and the same answer: who lost the answer may ask again."""

from collections.abc import Callable
from typing import TypeVar

from app.access import Caller
from app.crypto.ids import digest
from app.crypto.strictjson import JsonValue, canonical
from app.errors import Conflict
from app.flows.site import Site
from app.store import idempotency
from app.store.idempotency import IdempotencyRow
from app.store.unit_of_work import UnitOfWork

T = TypeVar("T")
Remember = Callable[[UnitOfWork, str], None]
"""Called with what came of a request (an id, or a digest), in the commit that makes it so."""


def once(
    site: Site,
    caller: Caller,
    key: str | None,
    request: JsonValue,
    act: Callable[[Remember], T],
    recall: Callable[[str], T],
) -> T:
    """What `act` gives, or, if the caller has made the request under this `key` before, what
    `recall` finds of it. Without a key it is a new request each time.

    Raises Conflict (`idempotency-key-reused`) for another request under the same key.
    """
    asked = digest(canonical(request))
    if (before := _before(site, caller, key, asked)) is not None:
        return recall(before)

    def remember(uow: UnitOfWork, result: str) -> None:
        if key is not None:
            row = IdempotencyRow(
                caller.subject, idempotency.digest(key), asked, result, site.clock()
            )
            idempotency.insert(uow.connection, row)

    try:
        return act(remember)
    except Conflict:
        # It may have been made twice at once, and the other was quicker.
        if (before := _before(site, caller, key, asked)) is not None:
            return recall(before)
        raise


def _before(site: Site, caller: Caller, key: str | None, asked: str) -> str | None:
    if key is None:
        return None
    with site.database.read() as uow:
        row = idempotency.get(uow.connection, caller.subject, key)
    if row is not None and row.request_digest != asked:
        raise Conflict(
            "idempotency-key-reused", "This Idempotency-Key was used for another request"
        )
    return row.result if row is not None else None
