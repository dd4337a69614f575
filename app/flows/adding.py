"""Saying more of a case that was sent, or mending what was said: supplements and corrections."""

from functools import partial
from typing import Any

from app.access import Caller
from app.casefile.contents import Correction, Supplement, parse_content
from app.casefile.continuity import Merged, Source, current, tell
from app.casefile.handling import privileged
from app.casefile.items import items, over
from app.casefile.model import Parts
from app.casefile.model.case_file import check_about
from app.crypto.strictjson import JsonValue
from app.errors import Conflict, Malformed, NotFound
from app.flows import attaching, continuity, ledgers, lost
from app.flows import draft as drafting
from app.flows.issue import Issued, Saying, issue, recall
from app.flows.once import Remember, once
from app.flows.respond import Said, codes_of, speaking
from app.flows.site import Site
from app.handover.codes import Side
from app.handover.statement import Statement
from app.store import drafts
from app.store.drafts import AttachmentRow
from app.store.handovers import HandoverRow
from app.store.unit_of_work import UnitOfWork

Content = Supplement | Correction


def supplement(
    site: Site,
    caller: Caller,
    handover: str,
    said: Said,
    documents: str | None = None,
    key: str | None = None,
) -> Issued:
    """More of the case, with the documents of a draft (`drafting.enclose`), which then goes.

    What is open in it becomes an item. Raises as `respond.say`, NotFound (`no-such-draft`),
    Conflict (`attachments-incomplete`, `legal-privilege`, `draft-changed`, `too-many-items`).
    """
    return _add(site, caller, handover, "supplement", said, documents, key)


def correct(
    site: Site, caller: Caller, handover: str, said: Said, key: str | None = None
) -> Issued:
    """Mend entries that our side has told. Which statement of ours it corrects (`codes.of`) follows
    from the entries, if it is not said.

    Raises as `supplement`, and Conflict (`nothing-of-ours`) where we have told none of them.
    """
    return _add(site, caller, handover, "correction", said, None, key)


def _add(
    site: Site,
    caller: Caller,
    handover: str,
    kind: str,
    said: Said,
    documents: str | None,
    key: str | None,
) -> Issued:
    row = speaking(site, caller, handover)
    about: JsonValue = list(said.children) if said.children is not None else None
    asked: JsonValue = [handover, kind, said.codes, said.words, about, said.effective, documents]
    act = partial(_say, site, caller, row, kind, said, documents)
    return once(site, caller, key, asked, act, partial(recall, site))


def _say(
    site: Site,
    caller: Caller,
    row: HandoverRow,
    kind: str,
    said: Said,
    documents: str | None,
    remember: Remember,
) -> Issued:
    content = _content(kind, said.words)
    parts = content.parts or Parts()
    rows = _documents(site, caller, row, documents)
    attachments = attaching.enclosed(site, rows, parts)
    words = content.to_value()
    codes = _codes(site, row, kind, said.codes, words, {one.number: one.sha256 for one in rows})
    saying = Saying(kind, codes, words, attachments, said.children, said.effective)

    def also(uow: UnitOfWork, statement: Statement) -> None:
        if documents is not None:
            if drafts.attachments(uow.connection, documents) != rows:
                raise Conflict("draft-changed", "A document was attached meanwhile: try again.")
            drafts.remove(uow.connection, documents)
        remember(uow, statement.digest)

    side: Side = "sender" if row.side == "sender" else "receiver"
    issued = issue(site, row.handover, row.peer, side, saying, before=also)
    lost.discard(site, *(one.blob for one in rows))
    return issued


def _content(kind: str, words: dict[str, Any] | None) -> Content:
    if words is None:
        raise Malformed("statement-bundle", f"Say the `words` of this {kind} too", pointer="/words")
    content = parse_content(kind, {"v": 1, **words})
    assert isinstance(content, Supplement | Correction)
    if content.parts is not None:
        check_about(content.parts)
        if kept_back := privileged(content.parts):
            raise Conflict(
                "legal-privilege", "Take out what is under legal privilege first", ids=kept_back
            )
    return content


def _documents(
    site: Site, caller: Caller, row: HandoverRow, draft: str | None
) -> list[AttachmentRow]:
    if draft is None:
        return []
    if drafting.find(site, caller, draft).handover != row.handover:
        raise NotFound("no-such-draft", "There is no draft of documents for this handover")
    return drafting.attachments(site, draft)


def _codes(
    site: Site,
    row: HandoverRow,
    kind: str,
    given: dict[str, Any],
    words: dict[str, Any],
    documents: dict[int, str],
) -> dict[str, Any]:
    """The body: which of our statements is corrected, and what is open now that was not before."""
    with site.database.read() as uow:
        replica = ledgers.load(uow, site, row.handover)
        said = continuity.told(uow, site, replica)
    view = replica.view()
    known, children = (view.items, view.children) if view else ({}, {})
    mine = Source(len(said) + 1, "", replica.me, kind, "9999-01-01", "", None)
    # of our words alone: what the other side told can neither hide nor add one
    after = current(tell(mine, words, documents)).case_file
    added = [
        {"id": one.id, "type": one.type, **({"child": one.child} if one.child else {})}
        for one in items(over(after, children))
        if one.id not in known and (one.child is None or one.child in children)
    ]
    listed = given.get("items", [])
    if isinstance(listed, list):  # what is open is asked, also where a caller lists less
        listed = [*listed, *(one for one in added if one not in listed)]
    codes = {**given, "items": listed}
    if kind == "correction":
        of = given.get("of") or _corrected(continuity.merged(said), replica.me, words)
        codes = {"withdraws": False, **codes, "of": of}
    codes_of(kind, codes)
    return codes


def _corrected(before: Merged, us: str, words: dict[str, Any]) -> str:
    """The last statement of ours that told one of the entries that are wrong."""
    wrong = {one["entry"] for one in words["supersedes"]}
    ours = [
        one.source for one in before.sayings if one.entry in wrong and one.source.authority == us
    ]
    if not ours:
        raise Conflict(
            "nothing-of-ours",
            "We have told none of these entries. Say in a supplement how we have it: it stands "
            "beside what the other authority told",
        )
    return max(ours).statement
