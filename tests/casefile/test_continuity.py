"""The case as it is now: joining loses nothing and knows no order but the ledger's."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.casefile.continuity import Merged, Source, current, merge, present, tell
from app.casefile.continuity.standing import LONG
from app.casefile.continuity.telling import DOCUMENTS
from app.casefile.items import items
from app.casefile.model import Parts, parse_case_file
from app.casefile.model.base import Model, Refers
from app.demo import story
from tests.casefile.samples import attachment, case, concern, event, ref

SENDER, RECEIVER = "gss:E10000025", "gss:E06000030"
FIRST, OTHER, SHA = "1" * 64, "2" * 64, "d" * 64
IDS = [ref(name) for name in ("one", "two", "three")]


def source(turn: int = 1, kind: str = "dispatch", authority: str = SENDER) -> Source:
    at = f"2031-01-{turn:02}T00:00:00Z"
    return Source(turn, f"{turn:064}", authority, kind, at, at, turn)


def dispatched(*turns: int, **parts: Any) -> Merged:
    return merge(*(tell(source(turn), case(**parts), {}) for turn in turns or (1,)))


def added(turn: int, by: str = SENDER, documents: Any = (), **parts: Any) -> Merged:
    return tell(source(turn, "supplement", by), {"v": 1, "parts": parts}, dict(documents))


def corrected(turn: int, old: str, new: Any = None, by: str = SENDER, **more: Any) -> Merged:
    wrong = {"entry": old, "why": f"Wrong {turn}.", **({"replaced_by": new["id"]} if new else {})}
    parts = {"parts": {"concerns": [new]}} if new else {}
    words = {"v": 1, "supersedes": [wrong], **parts, **more}
    return tell(source(turn, "correction", by), words, {})


def concerns(merged: Merged) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = present(merged)["sections"].get("concerns", [])
    return found


def standing(thread: dict[str, Any]) -> list[str]:
    return [one["entry"]["what"] for one in thread["tellings"] if one["stands"]]


# --- the laws ------------------------------------------------------------------------------------

_entry = st.builds(
    lambda own, what, olds: concern(own, what=what, **({"supersedes": olds} if olds else {})),
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from(["a", "b"]),
    st.lists(st.sampled_from(IDS), max_size=1),
)
_entries = st.lists(_entry, max_size=2, unique_by=lambda one: str(one["id"]))
_gaps = st.lists(
    st.builds(lambda words: {"id": ref("gap"), "words": words}, st.sampled_from(["x", "y"])),
    max_size=1,
)
_wrong = st.builds(
    lambda old, new, why: {"entry": old, "why": why, **({"replaced_by": new} if new else {})},
    st.sampled_from(IDS),
    st.sampled_from([None, *IDS]),
    st.sampled_from(["p", "q"]),
)


@st.composite
def statements(draw: st.DrawFn) -> list[tuple[Source, dict[str, Any]]]:
    """What two authorities say of three entries and a gap, each statement with its own place."""
    said = []
    for turn in range(1, draw(st.integers(1, 5)) + 1):
        kind = draw(st.sampled_from(["dispatch", "supplement", "correction"]))
        by = SENDER if kind == "dispatch" else draw(st.sampled_from([SENDER, RECEIVER]))
        parts = {"concerns": draw(_entries), "gaps": draw(_gaps)}
        if kind == "dispatch":
            words = {"v": 1, "summary": {"what": draw(st.sampled_from(["s", "t"]))}, **parts}
        else:
            words = {"v": 1, "parts": parts}
        if kind == "correction":
            words["supersedes"] = draw(st.lists(_wrong, max_size=2))
        said.append((source(turn, kind, by), words))
    return said


def told(said: Iterable[tuple[Source, dict[str, Any]]]) -> list[Merged]:
    return [tell(by, words, {}) for by, words in said]


@settings(max_examples=100, deadline=None)
@given(statements(), st.randoms(use_true_random=False), st.data())
def test_in_which_order_and_how_often_it_is_read_changes_nothing(
    said: list[tuple[Source, dict[str, Any]]], random: Any, data: st.DataObject
) -> None:
    """Associative, commutative, idempotent, and the same each time."""
    parts = told(said)
    whole = present(merge(*parts))
    again = [*parts, *data.draw(st.lists(st.sampled_from(parts), max_size=3))]
    random.shuffle(again)
    cut = data.draw(st.integers(0, len(again)))
    assert present(merge(*again[:cut]) | merge(*again[cut:])) == whole
    assert present(merge(merge(*again[:cut]), *again[cut:])) == whole
    assert present(merge(*told(said))) == whole
    assert json.dumps(whole) == json.dumps(present(merge(*again)))


@settings(max_examples=100, deadline=None)
@given(statements())
def test_nothing_is_lost(said: list[tuple[Source, dict[str, Any]]]) -> None:
    """Every entry of every statement is there, word for word, with who said it; and every reason
    for which one was taken back or disputed, at the entry that it is about."""
    shown = present(merge(*told(said)))
    for by, words in said:
        parts = words if by.kind == "dispatch" else words["parts"]
        for section in ("concerns", "gaps"):
            for entry in parts[section]:
                assert tellings(shown, section, by, entry) == 1
        if by.kind == "dispatch":
            once = shown["case"]["summary"]["tellings"]
            assert [words["summary"]] == [
                one["entry"] for one in once if by.statement in one["said_in"]
            ]
    check_marks(shown, said)


def tellings(shown: Any, section: str, by: Source, entry: Any) -> int:
    """How many tellings are this entry as this statement has it."""
    return sum(
        one["entry"] == entry and one["id"] == entry["id"] and by.statement in one["said_in"]
        for thread in shown["sections"][section]
        for one in thread["tellings"]
    )


def check_marks(shown: Any, said: list[tuple[Source, dict[str, Any]]]) -> None:
    every = [one for thread in shown["sections"].get("concerns", []) for one in thread["tellings"]]
    placed = [
        (one["id"], mark["in"], mark["replaced_by"], mark["why"])
        for one in every
        for mark in (*one["superseded"], *one["disputed"])
    ]
    placed += [(m["entry"], m["in"], m["replaced_by"], m["why"]) for m in shown["elsewhere"]]
    for by, words in said:
        for wrong in words.get("supersedes", ()):
            why = wrong["entry"], by.statement, wrong.get("replaced_by"), wrong["why"]
            assert why in placed


@settings(max_examples=100, deadline=None)
@given(statements())
def test_what_stands_is_what_a_reader_of_the_ledger_would_say(
    said: list[tuple[Source, dict[str, Any]]],
) -> None:
    """Told again in another way: statement by statement, in their order, each authority crossing
    out in its own words only."""
    words_of: dict[str, dict[str, set[str]]] = {SENDER: {}, RECEIVER: {}}
    for by, words in said:
        mine = words_of[by.authority]
        entries = (words if by.kind == "dispatch" else words["parts"])["concerns"]
        gone = [old for one in entries for old in one.get("supersedes", ())]
        gone += [one["entry"] for one in words.get("supersedes", ())]
        within = {(old, one["id"]) for one in entries for old in one.get("supersedes", ())} | {
            (one["entry"], one.get("replaced_by")) for one in words.get("supersedes", ())
        }
        if by.kind == "dispatch":
            gone += [one["id"] for one in entries]
        for old in gone:
            mine[old] = set()
        for one in entries:
            if not any(old == one["id"] != new for old, new in within):
                mine.setdefault(one["id"], set()).add(json.dumps(one))
    expected = {
        (own, text) for mine in words_of.values() for own, texts in mine.items() for text in texts
    }
    shown = present(merge(*told(said)))
    found = {
        (one["id"], json.dumps({**concern(), **one["entry"]}))
        for thread in shown["sections"].get("concerns", [])
        for one in thread["tellings"]
        if one["stands"]
    }
    normal = {(own, json.dumps({**concern(), **json.loads(text)})) for own, text in expected}
    assert found == normal


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=2), st.booleans())
def test_independent_statements_may_change_places(texts: list[str], two_sides: bool) -> None:
    """Only the places themselves are then told otherwise."""
    by = RECEIVER if two_sides else SENDER
    one, two = concern("one", what=texts[0]), concern("two", what=texts[1])
    base = dispatched(concerns=[concern("zero")])
    shown = [
        merge(base, added(first, concerns=[one]), added(second, by, concerns=[two]))
        for first, second in ((2, 3), (3, 2))
    ]
    assert stripped(shown[0]) == stripped(shown[1])


def stripped(merged: Merged) -> list[tuple[str, bool, bool]]:
    return sorted(
        (json.dumps(one["entry"]), one["stands"], thread["conflict"])
        for thread in concerns(merged)
        for one in thread["tellings"]
    )


# --- what stands ---------------------------------------------------------------------------------

OLD = concern("old", what="As first told.")
NEW, NEWER = concern("new", what="As mended."), concern("newer", what="As the other has it.")


def test_the_same_said_twice_is_one_with_two_sources() -> None:
    (thread,) = concerns(dispatched(concerns=[OLD]) | added(2, RECEIVER, concerns=[OLD]))
    (telling,) = thread["tellings"]
    assert (thread["conflict"], telling["stands"]) == (False, True)
    assert telling["said_in"] == [source(1).statement, source(2).statement]


@pytest.mark.parametrize("by", [SENDER, RECEIVER])
def test_two_contents_of_one_entry_stand_side_by_side(by: str) -> None:
    merged = dispatched(concerns=[OLD]) | added(2, by, concerns=[{**OLD, "what": "Otherwise."}])
    (thread,) = concerns(merged)
    assert (thread["conflict"], standing(thread)) == (True, ["As first told.", "Otherwise."])
    assert present(merged)["conflicts"] == 1


@pytest.mark.parametrize("new", [NEW, {**OLD, "what": "As mended."}])
def test_a_correction_supersedes_and_never_erases(new: dict[str, Any]) -> None:
    (thread,) = concerns(dispatched(concerns=[OLD]) | corrected(2, OLD["id"], new))
    assert (thread["conflict"], standing(thread)) == (False, ["As mended."])
    old = thread["tellings"][1]
    assert (old["entry"], old["stands"]) == (OLD, False)
    why = {"in": source(2).statement, "replaced_by": new["id"], "why": "Wrong 2."}
    assert old["superseded"] == [why]


def test_an_entry_that_supersedes_another_needs_no_correction() -> None:
    new = {**NEW, "supersedes": [OLD["id"]]}
    (thread,) = concerns(dispatched(concerns=[OLD]) | added(2, concerns=[new]))
    assert (thread["conflict"], standing(thread)) == (False, ["As mended."])


def test_what_is_only_withdrawn_stays_readable() -> None:
    (thread,) = concerns(dispatched(concerns=[OLD]) | corrected(2, OLD["id"]))
    assert (thread["conflict"], standing(thread)) == (False, [])
    assert thread["tellings"][0]["entry"] == OLD
    (entry,) = current(dispatched(concerns=[OLD]) | corrected(2, OLD["id"])).case_file.concerns
    assert entry.withdrawn is not None
    assert (entry.withdrawn.on, entry.withdrawn.why) == ("2031-01-02", "Wrong 2.")


@pytest.mark.parametrize("same_id", [True, False])
def test_two_corrections_from_two_sides_are_two_tellings(same_id: bool) -> None:
    mine, theirs = ({**OLD, "what": one["what"]} if same_id else one for one in (NEW, NEWER))
    said = [
        dispatched(concerns=[OLD]),
        corrected(2, OLD["id"], mine),
        corrected(3, OLD["id"], theirs, by=RECEIVER),
    ]
    for order in permutations(said):
        (thread,) = concerns(merge(*order))
        assert (thread["conflict"], standing(thread)) == (True, [NEW["what"], NEWER["what"]])
        assert [one["entry"] for one in thread["tellings"]][2] == OLD


def test_nobody_supersedes_the_other_authority_s_words() -> None:
    (thread,) = concerns(dispatched(concerns=[OLD]) | corrected(2, OLD["id"], by=RECEIVER))
    (telling,) = thread["tellings"]
    assert (telling["stands"], thread["conflict"], telling["superseded"]) == (True, True, [])
    why = {"in": source(2).statement, "replaced_by": None, "why": "Wrong 2."}
    assert telling["disputed"] == [why]


def test_what_the_other_takes_over_is_no_conflict_any_more() -> None:
    said = dispatched(concerns=[OLD]) | corrected(2, OLD["id"], NEWER, by=RECEIVER)
    assert concerns(said)[0]["conflict"]
    words = {"v": 1, "supersedes": [{"entry": OLD["id"], "replaced_by": NEWER["id"], "why": "Yes"}]}
    agreed = said | tell(source(3, "correction"), words, {})
    (thread,) = concerns(agreed)
    assert (thread["conflict"], standing(thread)) == (False, [NEWER["what"]])


def test_two_corrections_of_one_side_are_two_tellings_too() -> None:
    said = dispatched(concerns=[OLD]) | corrected(2, OLD["id"], NEW)
    (thread,) = concerns(said | corrected(3, OLD["id"], NEWER))
    assert (thread["conflict"], standing(thread)) == (True, [NEW["what"], NEWER["what"]])
    (thread,) = concerns(said | corrected(3, NEW["id"], NEWER))
    assert (thread["conflict"], standing(thread)) == (False, [NEWER["what"]])


@pytest.mark.parametrize("end", [0, 1])
def test_also_in_a_thread_longer_than_any_case_s(end: int) -> None:
    """Followed from end to end up to a hundred tellings; then by who told what stands."""
    chain = [
        concern(f"c{one}", **({"supersedes": [ref(f"c{one - 1}")]} if one else {}))
        for one in range(LONG + end)
    ]
    told = dispatched(concerns=[*chain, {**NEW, "supersedes": [ref("c0")]}])
    assert [one["conflict"] for one in concerns(told)] == [False]
    more = added(2, concerns=[{**NEWER, "supersedes": [ref("c5")]}])
    assert [one["conflict"] for one in concerns(told | more)] == [True]


def test_one_entry_may_become_two() -> None:
    both = [{**one, "supersedes": [OLD["id"]]} for one in (NEW, NEWER)]
    (thread,) = concerns(dispatched(concerns=[OLD]) | added(2, concerns=both))
    assert (thread["conflict"], len(standing(thread))) == (False, 2)


def test_the_order_is_the_ledger_s_and_no_clock_s() -> None:
    """Told on a day long before, and placed later: its author's last word."""
    early = replace(source(2, "correction"), at="2001-01-01T00:00:00Z")
    words = {"supersedes": [{"entry": OLD["id"], "why": "Another family's."}]}
    (thread,) = concerns(dispatched(concerns=[OLD]) | tell(early, words, {}))
    assert standing(thread) == []
    (thread,) = concerns(
        tell(replace(source(9), turn=9), case(concerns=[OLD]), {}) | tell(early, words, {})
    )
    assert standing(thread) == [OLD["what"]]


def test_a_case_file_that_is_sent_again_is_its_author_s_last_word() -> None:
    first = tell(source(1), case(concerns=[OLD, NEW], children_views="First."), {})
    again = tell(source(5), case(concerns=[{**OLD, "what": "Anew."}], children_views="Then."), {})
    anew, left = concerns(first | again)
    assert (anew["conflict"], standing(anew), standing(left)) == (False, ["Anew."], [NEW["what"]])
    views = present(first | again)["case"]["children_views"]
    assert [(one["entry"], one["stands"]) for one in views["tellings"]] == [
        ("Then.", True), ("First.", False),
    ]  # fmt: skip


# --- documents -----------------------------------------------------------------------------------


def test_a_number_counts_in_its_own_statement_only() -> None:
    meeting = {"id": ref("m"), "kind": "core_group", "attachments": [1]}
    parts: dict[str, Any] = {"meetings": [meeting], "attachments": [attachment(1)]}
    first = tell(source(1), case(**parts), {1: FIRST})
    other = added(2, documents={1: OTHER}, **parts)
    same = added(2, documents={1: FIRST}, **parts)
    assert [one["conflict"] for one in present(first | other)["sections"]["meetings"]] == [True]
    assert [one["conflict"] for one in present(first | same)["sections"]["meetings"]] == [False]
    assert len(present(first | other)["sections"]["attachments"]) == 2
    assert len(present(first | same)["sections"]["attachments"]) == 1


def test_only_fields_of_these_names_refer_to_documents() -> None:
    """The merge works on JSON: it knows them by name."""

    def names(model: type[Model]) -> set[tuple[str, str]]:
        found = set()
        for name, info in model.model_fields.items():
            text = repr((info.annotation, info.metadata))
            if repr(Refers("attachment")) in text:
                found.add((model.__name__, name))
        return found.union(*(names(one) for one in models(model)))

    def models(model: type[Model]) -> set[type[Model]]:
        flat: list[Any] = [info.annotation for info in model.model_fields.values()]
        found = set()
        while flat:
            one = flat.pop()
            if isinstance(one, type) and issubclass(one, Model):
                found.add(one)
            flat += get_args(one)
        return found

    referring = names(Parts)
    assert len(referring) > 5
    assert {name for model, name in referring if model != "Attachment"} == DOCUMENTS
    assert {name for model, name in referring if model == "Attachment"} == {"supersedes"}


# --- the case file now ---------------------------------------------------------------------------


def test_with_nothing_added_it_is_the_case_file() -> None:
    sent = parse_case_file(story.case_file(date(2031, 3, 5)))
    documents = {one.number: f"{one.number:064}" for one in sent.attachments}
    merged = tell(source(1), sent.to_value(), documents)
    now = current(merged)
    assert now.documents == {number: (source(1).statement, number) for number in documents}
    assert items(now.case_file) == items(sent)
    kept = parse_case_file(now.case_file.to_value())
    for name in type(sent).model_fields:
        if name != "document_references":
            assert getattr(kept, name) == getattr(sent, name), name


def test_minutes_that_come_later_close_what_was_open() -> None:
    held = {"id": ref("m"), "kind": "core_group", "minutes": {"status": "coming"}}
    about = {"section": "legal"}
    gap = {"id": ref("gap"), "about": about, "reason": "coming_by", "coming_by": "2030"}
    base = tell(
        source(1), case(meetings=[held], gaps=[gap], attachments=[attachment(1)]), {1: FIRST}
    )
    minuted = {
        "id": ref("m2"), "kind": "core_group", "supersedes": [ref("m")],
        "minutes": {"status": "included", "attachment": 1}, "attachments": [1],
    }  # fmt: skip
    later = added(2, documents={1: OTHER}, meetings=[minuted], attachments=[attachment(1)])
    closing = corrected(3, ref("gap"))
    assert {one.type for one in items(current(base).case_file)} == {"minutes", "gap"}
    now = current(merge(base, later, closing))
    assert items(now.case_file) == []
    assert now.documents == {1: (source(1).statement, 1), 2: (source(2).statement, 1)}
    new = now.case_file.meetings[1]
    assert (new.attachments, new.supersedes) == ((2,), (ref("m"),))
    assert new.minutes is not None
    assert new.minutes.attachment == 2


def test_what_is_disputed_is_still_open() -> None:
    dispute = {**NEWER, "supersedes": [OLD["id"]]}
    merged = dispatched(concerns=[OLD]) | added(2, RECEIVER, concerns=[dispute])
    assert {one.source for one in items(current(merged).case_file)} == {OLD["id"], NEWER["id"]}


def test_an_id_is_one_thing_for_good() -> None:
    """The other authority tells an event, and a plan, by the id of our concern."""
    theirs = {**event(), "id": OLD["id"]}
    over = concern("over", supersedes=[OLD["id"]])
    merged = merge(
        dispatched(concerns=[OLD]),
        added(
            2, RECEIVER, chronology=[theirs], plans=[{"id": OLD["id"], "kind": "child_protection"}]
        ),
        added(3, RECEIVER, chronology=[{**event("over"), "supersedes": [OLD["id"]]}]),
        added(4, RECEIVER, concerns=[over]),
    )
    now = current(merged).case_file
    assert now.concerns[0].to_value()["what"] == OLD["what"]
    assert OLD["id"] in {one.source for one in items(now)}
    assert (now.plans, [one.id for one in now.chronology]) == ((), [ref("over")])
    assert len(present(merged)["sections"]["plans"]) == 1


@pytest.mark.parametrize("section", ["concerns", "actions", "outcomes"])
def test_nobody_closes_what_the_other_has_open(section: str) -> None:
    kind = {"kind": "allegation"} if section == "concerns" else {}
    ours = {"id": ref("one"), "what": "Ours.", **kind}
    over = {"concerns": "closed", "actions": "done", "outcomes": "achieved"}
    shut = {**ours, "what": "Theirs.", "status": over[section]}
    merged = dispatched(**{section: [ours]}) | added(2, RECEIVER, **{section: [shut]})
    assert getattr(current(merged).case_file, section)[0].what == "Ours."
    wrong = [{"entry": ref("one"), "replaced_by": ref("one"), "why": "It is done."}]
    words = {"v": 1, "supersedes": wrong, "parts": {section: [shut]}}
    mended = merged | tell(source(3, "correction"), words, {})
    assert getattr(current(mended).case_file, section)[0].status == shut["status"]


def test_nobody_leaves_out_a_child_of_the_other() -> None:
    apart = {**case()["children"][0], "scope": "information_only"}
    merged = dispatched(concerns=[OLD]) | added(2, RECEIVER, children=[apart])
    assert [one.scope for one in current(merged).case_file.children] == ["handed_over"]
    assert {one.type for one in items(current(merged).case_file)} == {"concern"}


def test_a_case_may_have_more_documents_than_one_statement() -> None:
    many = [attachment(number) for number in range(1, 2001)]
    meeting = {
        "id": ref("m"), "kind": "core_group", "minutes": {"status": "included", "attachment": 2000}
    }  # fmt: skip
    merged = dispatched(attachments=[attachment(1)]) | added(
        2, RECEIVER, attachments=many, meetings=[meeting]
    )
    now = current(merged)
    assert [one.number for one in now.case_file.attachments] == list(range(1, 2002))
    assert now.documents[2001] == (source(2).statement, 2000)
    minutes = now.case_file.meetings[0].minutes
    assert minutes is not None
    assert minutes.attachment == 2001


def test_a_document_may_hold_the_words_about_another() -> None:
    """Its digest is then what stands for these words."""
    about = {"about": {"section": "legal"}, "attachment": 1}
    parts: dict[str, Any] = {"document_references": [about], "attachments": [attachment(1)]}
    reference = added(2, documents={1: FIRST}, **parts)
    (said,) = [one for one in reference.sayings if one.section == "document_references"]
    held = tell(source(1), case(attachments=[attachment(1)]), {1: said.entry})
    now = current(held | reference).case_file
    assert (len(now.attachments), len(now.document_references)) == (2, 1)


def test_nothing_is_a_case_without_a_dispatch() -> None:
    now = current(added(1, RECEIVER, chronology=[event()]))
    assert (now.case_file.children, len(now.case_file.chronology)) == ((), 1)
    assert present(Merged()) == {
        "conflicts": 0, "case": {}, "sections": {}, "elsewhere": [],
    }  # fmt: skip


@pytest.mark.parametrize("words", [{}, None, [], {"parts": 1}, {"parts": {"concerns": 1}}])
def test_words_of_which_nothing_was_disclosed_tell_nothing(words: Any) -> None:
    assert tell(source(1, "supplement"), words, {}) == Merged()
