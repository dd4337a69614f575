"""Supplements and corrections by either side, and the case as it is then. All is invented."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete

from app.access import Caller
from app.casefile.items import items
from app.crypto.strictjson import canonical
from app.errors import CaseHandoverError, Conflict, Malformed, NotAllowed, NotFound
from app.flows import (
    adding,
    continuity,
    disclose,
    draft,
    expire,
    issue,
    ledgers,
    network,
    read,
    reindex,
    send,
)
from app.flows import items as in_words
from app.flows.attaching import AttachmentSink
from app.flows.respond import Said
from app.flows.site import Site
from app.handover.statement import reopen
from app.store import bundles, drafts
from app.store.tables import metadata
from tests.casefile import samples
from tests.casefile.samples import attachment, concern, event, ref
from tests.flows import acts
from tests.flows.acts import hand_in, sealed, wire
from tests.flows.conftest import HEAD, ON_BOTH, RECEIVER, SENDER, WORKER, Two
from tests.flows.drill import Drill, drill, into
from tests.handover import make

__all__ = ["drill", "into"]

SUPPORT = Caller("user-3", frozenset({"business_support"}), frozenset({"front-door"}))
MINUTES = b"%PDF-1.7 invented minutes"
OWED = {"id": ref("core group"), "kind": "core_group", "minutes": {"status": "coming"}}
MINUTED = {
    "id": ref("core group, minuted"), "kind": "core_group", "supersedes": [OWED["id"]],
    "minutes": {"status": "included", "attachment": 1},
}  # fmt: skip
SECRET = "Kanarienvogel"
COURT = [{"code": "court_permission"}]
PURPOSE = "To plan the visit"


def parts(**sections: Any) -> Said:
    return Said({}, {"fictional": True, "parts": sections})


def wrong(entry: str, by: str | None = None, **sections: Any) -> Said:
    one = {"entry": entry, "why": "Invented mistake.", **({"replaced_by": by} if by else {})}
    more = {"parts": sections} if sections else {}
    return Said({}, {"fictional": True, "supersedes": [one], **more})


def sent(two: Two, **case: Any) -> str:
    """A handover whose papers have arrived, with one meeting whose minutes are owed."""
    handover = acts.begin(two, meetings=[OWED], **case)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    send.dispatch(two.sender, WORKER, handover, [], None)
    assert set(two.run()) == {"done"}
    return handover


def enclosed(site: Site, handover: str, *documents: bytes) -> str:
    """A draft of documents."""
    made = draft.enclose(site, WORKER, handover).id
    for number, data in enumerate(documents, 1):
        sink = AttachmentSink(site, WORKER, made, number, f"{number}.pdf", "application/pdf")
        sink.feed(data)
        sink.finish()
    return made


def case(site: Site, handover: str, who: Caller = WORKER) -> dict[str, Any]:
    value: dict[str, Any] = continuity.opened(site, who, handover, PURPOSE).value
    return value


def standing(value: dict[str, Any], section: str) -> list[dict[str, Any]]:
    return [
        one["entry"]
        for thread in value["sections"].get(section, ())
        for one in thread["tellings"]
        if one["stands"]
    ]


def open_items(site: Site, handover: str) -> set[str]:
    """By type; what was missing when it was sent aside."""
    with site.database.read() as uow:
        found = continuity.now(uow, site, ledgers.load(uow, site, handover))
    return {str(one.type) for one in items(found.case_file)} - {"gap"}


@ON_BOTH
def test_minutes_that_were_owed_come_as_a_supplement(two: Two) -> None:
    handover = sent(two)
    documents = enclosed(two.sender, handover, MINUTES)
    said = parts(meetings=[MINUTED], attachments=[attachment(1)])
    issued = adding.supplement(two.sender, WORKER, handover, said, documents)
    assert two.run() == ["done"]
    assert case(two.sender, handover) == case(two.receiver, handover)
    found = case(two.receiver, handover)
    assert standing(found, "meetings") == [MINUTED]
    (meeting,) = found["sections"]["meetings"]
    assert [one["entry"] for one in meeting["tellings"]] == [MINUTED, OWED]
    assert (found["conflicts"], meeting["conflict"]) == (0, False)
    source = found["sources"][1]
    assert (source["kind"], source["authority"], source["place"]) == ("supplement", SENDER, 3)
    assert (source["statement"], source["documents"]) == (issued.statement, [1])
    got = disclose.attachment(two.receiver, WORKER, handover, 1, PURPOSE, issued.statement)
    assert b"".join(got.pieces) == MINUTES
    assert open_items(two.receiver, handover) == {"concern"}
    # and the papers are what they were
    papers = disclose.words(two.receiver, WORKER, handover, "dispatch", PURPOSE).value
    assert canonical(papers) == canonical(samples.case(concerns=[concern()], meetings=[OWED]))
    assert continuity.later(two.receiver, handover) == 1


@ON_BOTH
def test_each_side_adds_and_mends_its_own(two: Two) -> None:
    """Also after the acceptance, and after the end. What the two say otherwise stands side by
    side."""
    handover = sent(two)
    new = concern("mended", what="As it was.")
    adding.correct(two.sender, WORKER, handover, wrong(ref("concern"), new["id"], concerns=[new]))
    assert two.run() == ["done"]
    acts.accept(two, handover)
    theirs = concern("theirs", what="As the child told it.", supersedes=[new["id"]])
    adding.supplement(two.receiver, WORKER, handover, parts(concerns=[theirs]))
    assert set(two.run()) == {"done"}
    acts.say(two.sender, handover, "closure")
    assert two.run() == ["done"]
    adding.supplement(two.sender, WORKER, handover, parts(chronology=[event()]))
    assert two.run() == ["done"]
    found = case(two.receiver, handover)
    assert found == case(two.sender, handover)
    (thread,) = found["sections"]["concerns"]
    assert [one["entry"] for one in thread["tellings"]] == [new, theirs, concern()]
    assert [one["stands"] for one in thread["tellings"]] == [True, True, False]
    assert (thread["conflict"], found["conflicts"]) == (True, 1)
    assert standing(found, "chronology") == [event()]
    assert [one["authority"] for one in found["sources"]] == [SENDER, SENDER, RECEIVER, SENDER]
    (entry,) = [one for one in acts.ledger(two.sender, handover) if one["kind"] == "correction"]
    assert entry["result"] == "stored"


def test_what_is_open_in_a_supplement_is_an_item_for_the_conference(two: Two) -> None:
    handover = sent(two)
    two.clock.forward(days=1)
    said = parts(concerns=[concern("another"), concern("shut", status="closed")])
    adding.supplement(two.sender, WORKER, handover, said)
    assert two.run() == ["done"]
    for site in (two.sender, two.receiver):
        kinds = [one["type"] for one in read.show(site, HEAD, handover)["items"]]
        kinds = sorted(kind for kind in kinds if kind != "gap")
        assert kinds == ["concern", "concern", "minutes"]
    with pytest.raises(Conflict, match="items-open"):
        acts.say(
            two.receiver, handover, "acceptance",
            make.conference([make.result(acts.CHILD)], []), (acts.CHILD,),
        )  # fmt: skip


def test_what_is_an_item_is_not_for_the_other_side_to_say(two: Two) -> None:
    """Neither by telling our child as one of no account, nor by a flood of open things of which it
    lists none as an item."""
    handover = sent(two)
    elsewhere = samples.child(scope="information_only")
    flood = [{"id": ref(f"{n}"), "what": "Invented."} for n in range(1000)]
    for n in range(3):
        actions = [{**one, "id": ref(f"{n} {one['id']}")} for one in flood]
        more = [elsewhere, samples.child("nobody's")] if n == 0 else []
        words: Any = {"v": 1, "fictional": True, "parts": {"children": more, "actions": actions}}
        saying = issue.Saying("supplement", {"items": []}, words)
        issue.issue(two.receiver, handover, SENDER, "receiver", saying)
    assert set(two.run()) == {"done"}
    adding.supplement(two.sender, WORKER, handover, parts(concerns=[concern("late")]))
    assert set(two.run()) == {"done"}
    kinds = [one["type"] for one in read.show(two.receiver, HEAD, handover)["items"]]
    assert sorted(set(kinds) - {"gap"}) == ["concern", "minutes"]
    assert kinds.count("concern") == 2
    other = concern(what="Nothing much.")
    adding.supplement(two.receiver, WORKER, handover, parts(concerns=[other]))
    new = concern("late", what="Late and worse.")
    adding.correct(two.sender, WORKER, handover, wrong(new["id"], new["id"], concerns=[new]))
    assert set(two.run()) == {"done"}
    for site in (two.sender, two.receiver):
        items_ = in_words.items(site, WORKER, handover, PURPOSE)
        found = {one["what"] for one in items_ if one["type"] != "gap"}
        assert found == {"Invented concern.", "Late and worse.", "Minutes of: core group, no date"}
        roles = network.network(site, WORKER, handover, PURPOSE)
        assert {one["child"] for one in roles} <= {acts.CHILD, None}
        assert roles


def test_what_is_open_is_an_item_whatever_its_author_lists(two: Two) -> None:
    handover = sent(two)
    said = parts(concerns=[concern("late")])
    for listed in ([], [{"id": ref("late item"), "type": "action"}]):
        adding.supplement(two.sender, WORKER, handover, Said({"items": listed}, said.words))
    kinds = [one["type"] for one in read.show(two.sender, HEAD, handover)["items"]]
    assert (kinds.count("concern"), kinds.count("action")) == (2, 1)


def test_a_correction_of_what_the_other_told_is_refused_with_the_way_to_say_it(two: Two) -> None:
    handover = sent(two)
    with pytest.raises(Conflict, match="nothing-of-ours"):
        adding.correct(two.receiver, WORKER, handover, wrong(ref("concern")))
    adding.supplement(two.receiver, WORKER, handover, parts(chronology=[event()]))
    adding.correct(two.receiver, WORKER, handover, wrong(event()["id"]))
    assert set(two.run()) == {"done"}
    (thread,) = case(two.sender, handover)["sections"]["chronology"]
    assert [one["stands"] for one in thread["tellings"]] == [False]


def test_the_statement_that_is_corrected_can_be_named(two: Two) -> None:
    handover = sent(two)
    papers = acts.ledger(two.sender, handover)[1]["digest"]
    said = wrong(ref("concern"))
    adding.correct(two.sender, WORKER, handover, Said({"of": papers}, said.words))
    other = Said({"of": make.digest("another")}, said.words)
    with pytest.raises(Conflict, match="unknown-statement"):
        adding.correct(two.sender, WORKER, handover, other)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said({}), "statement-bundle"),
        (Said({}, {}), "content-invalid"),
        (Said({}, {"parts": {"concerns": [{"id": "x"}]}}), "content-invalid"),
        (Said({"more": 1}, {"parts": {}}), "statement-body"),
        (parts(meetings=[MINUTED]), "reference-unresolved"),
        (parts(meetings=[MINUTED], attachments=[attachment(1)]), "attachments-incomplete"),
        (parts(concerns=[concern(handling=[{"code": "legal_privilege"}])]), "legal-privilege"),
        (
            parts(gaps=[{"id": ref("g"), "about": {"section": "legal", "field": "x"},
                         "reason": "not_held"}]),
            "reference-unresolved",
        ),
    ],
)  # fmt: skip
def test_what_is_no_supplement_is_refused(two: Two, said: Said, code: str) -> None:
    handover = sent(two)
    with pytest.raises(CaseHandoverError) as refused:
        adding.supplement(two.sender, WORKER, handover, said)
    assert refused.value.code == code
    assert len(acts.ledger(two.sender, handover)) == 2


def test_the_same_request_again_says_it_once(two: Two) -> None:
    handover = sent(two)
    documents = enclosed(two.sender, handover, MINUTES)
    say = partial(
        adding.supplement, two.sender, WORKER, handover, parts(attachments=[attachment(1)]),
        documents,
    )  # fmt: skip
    assert say("key-1") == say("key-1")
    with pytest.raises(NotFound, match="no-such-draft"):
        say("key-2")
    mend = partial(adding.correct, two.sender, WORKER, handover, wrong(ref("concern")))
    assert mend("key-3") == mend("key-3")
    with pytest.raises(Conflict, match="idempotency-key-reused"):
        mend("key-1")
    again = draft.enclose(two.sender, WORKER, handover, "key-4")
    assert draft.enclose(two.sender, WORKER, handover, "key-4") == again


def test_documents_wait_in_a_draft_of_their_own(two: Two) -> None:
    """Which goes with what was said, or by itself; and is no handover's beginning."""
    handover, other = sent(two), acts.dispatched(two)
    blobs = two.sender.blobs.ids()
    documents = enclosed(two.sender, handover, MINUTES)
    assert draft.summary(two.sender, draft.find(two.sender, WORKER, documents))["handover"]
    say = partial(adding.supplement, two.sender, WORKER)
    with pytest.raises(NotFound, match="no-such-draft"):
        say(other, parts(), documents)
    for act in (
        partial(send.notify, two.sender, WORKER, documents, acts.NOTIFICATION),
        partial(send.dispatch, two.sender, WORKER, documents, [], None),
        partial(draft.replace_case_file, two.sender, WORKER, documents, samples.case()),
        partial(draft.case_file, two.sender, draft.find(two.sender, WORKER, documents)),
    ):
        with pytest.raises(Conflict, match="draft-of-documents"):
            act()
    say(handover, parts(), documents)
    with two.sender.database.read() as uow:
        assert drafts.get(uow.connection, documents) is None
    assert len(two.sender.blobs.ids()) == len(blobs) + 1, "the bundle, and no document beside it"
    late = enclosed(two.sender, handover, MINUTES)
    two.clock.forward(days=31)
    expire.old_drafts(two.sender, two.clock())
    with pytest.raises(NotFound, match="no-such-draft"):
        draft.find(two.sender, WORKER, late)
    assert len(two.sender.blobs.ids()) == 5, "of two handovers, and of the supplement"


def test_a_document_that_comes_meanwhile_is_not_lost(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    handover = sent(two)
    documents = enclosed(two.sender, handover, MINUTES)

    def slow(*args: Any, **kwargs: Any) -> Any:
        sink = AttachmentSink(two.sender, WORKER, documents, 2, "2.pdf", "application/pdf")
        sink.finish()
        return issue.issue(*args, **kwargs)

    monkeypatch.setattr("app.flows.adding.issue", slow)
    with pytest.raises(Conflict, match="draft-changed"):
        adding.supplement(two.sender, WORKER, handover, parts(), documents)
    assert len(draft.attachments(two.sender, documents)) == 2


def test_documents_are_for_whoever_speaks_for_our_side(two: Two) -> None:
    handover = sent(two)
    with pytest.raises(NotAllowed):
        draft.enclose(two.receiver, SUPPORT, handover)
    documents = enclosed(two.receiver, handover, MINUTES)
    with pytest.raises(NotAllowed):
        draft.find(two.receiver, SUPPORT, documents)
    stranger = Caller("user-4", frozenset({"practitioner"}), frozenset({"other"}))
    for act in (
        partial(draft.find, two.receiver, stranger, documents),
        partial(adding.supplement, two.receiver, stranger, handover, parts(), documents),
        partial(continuity.opened, two.receiver, stranger, handover, PURPOSE),
    ):
        with pytest.raises(NotFound):
            act()
    adding.supplement(two.receiver, WORKER, handover, parts(), documents)
    assert set(two.run()) == {"done"}


# --- what nobody may see twice -------------------------------------------------------------------


def test_a_supplement_s_labels_and_addresses_hide_in_the_whole(two: Two) -> None:
    """Also what was said of them when they were corrected, and the documents beside."""
    road = {"id": ref("home"), "lines": [SECRET]}
    handover = sent(two, addresses=[road])
    assert SECRET in str(case(two.receiver, handover))
    sheltered = {**road, "id": ref("refuge"), "protection": {"reason": "domestic_abuse"}}
    limited = concern("limited", what=SECRET, handling=COURT)
    words = wrong(ref("home"), ref("refuge"), addresses=[sheltered], concerns=[limited]).words
    assert words is not None
    words["supersedes"][0]["why"] = f"They live at {SECRET}."
    adding.correct(two.sender, WORKER, handover, Said({}, words))
    documents = enclosed(two.sender, handover, MINUTES)
    closed = attachment(1, title=SECRET, handling=COURT)
    told = adding.supplement(two.sender, WORKER, handover, parts(attachments=[closed]), documents)
    mended = wrong(ref("limited"))
    assert mended.words is not None
    mended.words["supersedes"][0]["why"] = f"It was not {SECRET}."
    adding.correct(two.sender, WORKER, handover, mended)
    assert set(two.run()) == {"done"}
    for site in (two.sender, two.receiver):
        shown = continuity.opened(site, SUPPORT, handover, PURPOSE)
        assert SECRET not in str(shown.value)
        assert (shown.withheld, shown.masked) == (3, 2)
        with pytest.raises(NotAllowed, match="label-closed"):
            disclose.attachment(site, SUPPORT, handover, 1, PURPOSE, told.statement)
        for kind in ("correction", "supplement", "dispatch"):
            assert SECRET not in str(disclose.words(site, SUPPORT, handover, kind, PURPOSE).value)
        whole = continuity.opened(site, WORKER, handover, PURPOSE)
        assert (whole.withheld, whole.masked) == (0, 2)
        assert f"They live at {SECRET}." not in str(whole.value)
        assert SECRET in str(whole.value)


def test_every_protected_address_can_be_revealed(two: Two) -> None:
    """Also one of a supplement that was not the last."""
    handover = sent(two)
    for name in ("refuge", "school"):
        sheltered = {"id": ref(name), "lines": [name], "protection": {"reason": "adoption"}}
        adding.supplement(two.sender, WORKER, handover, parts(addresses=[sheltered]))
    assert set(two.run()) == {"done"}
    found = disclose.addresses(two.receiver, WORKER, handover, "To visit")
    assert [one["address"]["lines"] for one in found] == [["refuge"], ["school"]]


def test_a_document_that_is_limited_later_is_limited_where_it_was_before(two: Two) -> None:
    handover = sent(two)
    for limits in ({}, {"handling": COURT}):
        documents = enclosed(two.sender, handover, MINUTES, *([b"other"] if limits else []))
        said = parts(attachments=[attachment(1, **limits)])
        adding.supplement(two.sender, WORKER, handover, said, documents)
    assert set(two.run()) == {"done"}
    _, first, second = case(two.receiver, handover)["sources"]
    for statement in (first, second):
        get = partial(disclose.attachment, two.receiver, number=1, purpose=PURPOSE)
        get = partial(get, handover=handover, statement=statement["statement"])
        assert b"".join(get(caller=WORKER).pieces) == MINUTES
        with pytest.raises(NotAllowed, match="label-closed"):
            get(caller=SUPPORT)
    other = disclose.attachment(two.receiver, SUPPORT, handover, 2, PURPOSE, second["statement"])
    assert b"".join(other.pieces) == b"other"


def test_a_document_that_is_limited_later_is_withheld_wherever_it_is_told_of(two: Two) -> None:
    """By its digest, with what it supersedes, and with the words about either."""
    handover = acts.begin(
        two, attachments=[attachment(n, title=f"{SECRET} {n}") for n in (1, 2)],
    )  # fmt: skip
    for number, data in ((1, b"Refuge."), (2, b"First draft.")):
        sink = AttachmentSink(two.sender, WORKER, handover, number, "a.pdf", "application/pdf")
        sink.feed(data)
        sink.finish()
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    send.dispatch(two.sender, WORKER, handover, [], None)
    documents = enclosed(two.sender, handover, b"Refuge.", b"First draft.", b"Second draft.")
    labelled = [
        attachment(1, title=f"{SECRET} 1", handling=COURT),
        attachment(2),
        attachment(3, title=SECRET, supersedes=[2], handling=COURT),
    ]
    adding.supplement(two.sender, WORKER, handover, parts(attachments=labelled), documents)
    assert set(two.run()) == {"done"}
    for site in (two.sender, two.receiver):
        papers = disclose.words(site, SUPPORT, handover, "dispatch", PURPOSE)
        for shown in (papers, continuity.opened(site, SUPPORT, handover, PURPOSE)):
            assert SECRET not in str(shown.value)
        assert (papers.withheld, papers.value["attachments"]) == (2, [])
        for number in (1, 2):
            with pytest.raises(NotAllowed, match="label-closed"):
                disclose.attachment(site, SUPPORT, handover, number, PURPOSE)
            disclose.attachment(site, WORKER, handover, number, PURPOSE)
        whole = continuity.opened(site, WORKER, handover, PURPOSE)
        said = [one["entry"] for thread in whole.value["sections"]["attachments"]
                for one in thread["tellings"]]  # fmt: skip
        assert (whole.withheld, labelled[0] in said, labelled[2] in said) == (0, True, True)


def test_what_is_opened_is_written_down_first(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = sent(two)
    case(two.receiver, handover)
    with two.receiver.database.read() as uow:
        rows = uow.connection.exec_driver_sql("select entry from access_log").fetchall()
    assert "case/content.json" in str(rows[-1])
    monkeypatch.setattr(continuity, "present", lambda _: pytest.fail("shown, not written down"))
    with pytest.raises(Malformed, match="access-purpose"):
        continuity.opened(two.receiver, WORKER, handover, " ")


# --- what can't be read --------------------------------------------------------------------------


def test_what_cannot_be_read_keeps_nobody_from_the_rest(two: Two) -> None:
    """A bundle of another handover, words of a later version, words that are none, and a bundle
    that was lost: each is shown as what it is."""
    acts.opened_by_hand(two)

    def say(kind: str, words: Any, handover: str = make.HANDOVER) -> None:
        bundle = sealed(two.receiver, kind, handover, canonical(words))
        hand_in(two.receiver, wire(two.sender, kind, make.HANDOVER, bundle), bundle.file)

    say("dispatch", samples.case(concerns=[concern()]))
    say("supplement", {"v": 1, "parts": {}}, make.ident("another"))
    say("supplement", {"v": 2, "parts": {"chronology": [event(what="Of 2031.")]}})
    say("supplement", {"v": 1, "parts": {"chronology": [{"what": "No event."}]}})
    say("supplement", {"v": 1, "parts": {"chronology": [event()]}})
    found = case(two.receiver, make.HANDOVER)
    assert [one["problem"] for one in found["sources"]] == [
        None, "unusable", "case-file-version", "content-invalid", None,
    ]  # fmt: skip
    assert found["sources"][2]["words"]["parts"]["chronology"][0]["what"] == "Of 2031."
    assert standing(found, "chronology") == [event()]
    last = acts.ledger(two.receiver, make.HANDOVER)[-1]
    lost = reopen(last["statement"].encode()).payload.bundle
    assert lost is not None
    with two.receiver.database.write() as uow:
        table = metadata.tables["bundles"]
        uow.connection.execute(delete(table).where(table.c.sha256 == lost.sha256))
    found = case(two.receiver, make.HANDOVER)
    assert (found["sources"][4]["problem"], "chronology" in found["sections"]) == (
        "no-papers", False,
    )  # fmt: skip
    assert standing(found, "concerns") == [concern()]


def test_a_damaged_supplement_keeps_nobody_from_the_papers(two: Two) -> None:
    handover = sent(two)
    adding.supplement(two.sender, WORKER, handover, parts(chronology=[event()]))
    assert set(two.run()) == {"done"}
    announced = reopen(acts.ledger(two.receiver, handover)[-1]["statement"].encode())
    assert announced.payload.bundle is not None
    with two.receiver.database.read() as uow:
        row = bundles.get(uow.connection, announced.payload.bundle.sha256)
    assert row is not None
    two.receiver.blobs.delete(row.blob)
    found = case(two.receiver, handover)
    assert [one["problem"] for one in found["sources"]] == [None, "blob-missing"]
    assert standing(found, "concerns") == [concern()]
    papers = disclose.words(two.receiver, WORKER, handover, "dispatch", PURPOSE).value
    assert isinstance(papers, dict)
    assert papers["concerns"] == [concern()]


def test_before_the_papers_there_is_what_was_supplemented(two: Two) -> None:
    handover = acts.notified(two)
    with pytest.raises(NotFound, match="no-papers"):
        case(two.receiver, handover)
    adding.supplement(two.receiver, WORKER, handover, parts(chronology=[event()]))
    assert standing(case(two.receiver, handover), "chronology") == [event()]


def test_what_is_computed_anew_from_the_statements_is_the_same(two: Two) -> None:
    handover = sent(two)
    documents = enclosed(two.sender, handover, MINUTES)
    adding.supplement(
        two.sender, WORKER, handover, parts(attachments=[attachment(1)], concerns=[concern("x")]),
        documents,
    )  # fmt: skip
    assert set(two.run()) == {"done"}
    for site in (two.sender, two.receiver):
        before, shown = acts.index(site), case(site, handover)
        reindex.reindex(site, lambda *_: None)
        assert (acts.index(site), case(site, handover)) == (before, shown)


def test_supplements_come_back_after_a_restore(drill: Drill) -> None:
    """Sealed, from the other side, with their documents."""
    two = drill.two
    taken = drill.back_up(two.receiver)
    handover = sent(two)
    documents = enclosed(two.sender, handover, MINUTES)
    said = parts(attachments=[attachment(1)])
    told = adding.supplement(two.sender, WORKER, handover, said, documents)
    adding.supplement(two.receiver, WORKER, handover, parts(chronology=[event()]))
    assert set(two.run()) == {"done"}
    whole = case(two.sender, handover)
    new = drill.restore(two.receiver, taken)
    assert set(drill.run(new)) == {"done"}
    assert case(new, handover) == whole
    got = disclose.attachment(new, WORKER, handover, 1, PURPOSE, told.statement)
    assert b"".join(got.pieces) == MINUTES
