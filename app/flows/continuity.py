"""The case as it is now: the papers with all that either side has supplemented and corrected since.

`now` is for whatever computes from the case (items, readiness, patterns); `opened` is for people.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from app.access import Caller, labels
from app.bundle.manifest import CONTENT
from app.casefile import handling
from app.casefile.contents import parse_content
from app.casefile.continuity import Current, Merged, Source, current, merge, present, tell
from app.casefile.declared import without_declared
from app.casefile.handling import Disclosed
from app.casefile.model import VERSION
from app.casefile.named import Documents, named, unnamed
from app.crypto.strictjson import JsonValue
from app.errors import CaseHandoverError, NotFound
from app.flows import disclose, ledgers, parcels
from app.flows.reach import reach
from app.flows.site import Site
from app.handover.replica import Replica
from app.handover.statement import Statement
from app.store.unit_of_work import UnitOfWork

HELD, UNUSABLE = "held", "unusable"
"""Of statements: of a newer version, or with a bundle that nobody can open."""


@dataclass(frozen=True)
class Told:
    """What one statement tells of the case. `problem`: why it can't be joined to the rest, though
    its `words` may still be there to read."""

    source: Source
    words: JsonValue = None
    limited: Documents = field(default_factory=dict)
    problem: str | None = None

    @property
    def documents(self) -> dict[int, str]:
        """The number of each → its SHA-256."""
        return {number: sha256 for number, (sha256, _) in self.limited.items()}

    @property
    def named(self) -> JsonValue:
        """The words, with documents by `named`."""
        said: JsonValue = named(self.words, self.limited)
        return said


def told(uow: UnitOfWork, site: Site, replica: Replica) -> list[Told]:
    """Every dispatch, supplement and correction, in order. One that can't be read keeps nobody
    from the others."""
    return [_read(uow, site, source, one, why) for source, one, why in _statements(replica)]


def merged(said: list[Told], words: dict[str, JsonValue] | None = None) -> Merged:
    """What can be joined; by `words` as they are disclosed to somebody, by statement, if given."""
    return merge(
        *(
            tell(
                one.source,
                one.words if words is None else words.get(one.source.statement),
                one.documents,
            )
            for one in said
            if one.problem is None
        )
    )


def now(uow: UnitOfWork, site: Site, replica: Replica) -> Current:
    """The case file now, whole: for our own computing, never to be shown as it is."""
    return current(merged(told(uow, site, replica)))


def opened(site: Site, caller: Caller, handover: str, purpose: str) -> Disclosed:
    """The case as the caller may have it: `sources`, and what `present` gives.

    Words are disclosed first and joined then, so that nothing is in the whole which its reader may
    not have in a part. Raises as `disclose.words`.
    """
    reached = reach(site, caller, handover, "open")
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover)
    if not any(_statements(replica)):
        raise NotFound("no-papers", "No papers have come")
    disclose.write_down(site, caller, handover, f"case/{CONTENT}", "open", purpose)
    with site.database.read() as uow:
        said = told(uow, site, replica)
    words = {one.source.statement: one.named for one in said}
    shown = handling.disclose(words, labels(caller, reached.record))
    own = {
        one.source.statement: without_declared(
            unnamed(shown.value.get(one.source.statement), one.words)
        )
        for one in said
    }
    value = {
        "handover": handover,
        "sources": [_source(one, own[one.source.statement]) for one in said],
        **present(merged(said, own)),
    }
    return Disclosed(value, shown.withheld, shown.masked)


def later(site: Site, handover: str) -> int:
    """How many supplements and corrections there are beside the papers."""
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, handover)
    return sum(source.kind != "dispatch" for source, _, _ in _statements(replica))


def _source(one: Told, words: Any) -> dict[str, Any]:
    words = words if isinstance(words, dict) else {}
    about = asdict(one.source)
    del about["turn"]
    return {
        **about,
        "documents": sorted(one.documents),
        "by": words.get("by"),
        "note": words.get("note"),
        "problem": one.problem,
        "words": words or None if one.problem else None,
    }


def _statements(replica: Replica) -> Iterator[tuple[Source, Statement, str | None]]:
    results = {UNUSABLE: UNUSABLE, HELD: HELD}
    entries = [(e.statement, e.place, results.get(e.result)) for e in replica.entries]
    waiting = [(one, None, None) for one in replica.pending]
    for turn, (one, place, problem) in enumerate([*entries, *waiting], 1):
        if one.kind in disclose.PROTECTING:
            payload = one.payload
            source = Source(
                turn, one.digest, payload.sender, one.kind, payload.at, payload.effective, place
            )
            yield source, one, problem


def _read(
    uow: UnitOfWork, site: Site, source: Source, statement: Statement, problem: str | None
) -> Told:
    if problem == UNUSABLE:
        return Told(source, problem=problem)
    try:
        bundle = parcels.opened(uow, site, statement)
        words = bundle.content()
    except disclose.UNREADABLE as error:
        return Told(source, problem=problem or error.code)
    limited = disclose.documents_in(bundle)
    return Told(source, words, limited, problem or _problem(statement.kind, words))


def _problem(kind: str, words: JsonValue) -> str | None:
    version = words.get("v") if isinstance(words, dict) else None
    if isinstance(version, int) and version > VERSION:
        return "case-file-version"
    try:
        parse_content(kind, words)
    except CaseHandoverError as error:
        return error.code
    return None
