"""What labels and protected addresses forbid, in words of this version and of later ones."""

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casefile import handling
from app.casefile.contents import CONTENTS
from app.casefile.handling import (
    Disclosed,
    disclose,
    is_restricted,
    privileged,
    protected_addresses,
    withheld_ids,
    withholds_document,
)
from app.casefile.model import CaseFile, parse_case_file, parse_parts
from app.casefile.model.address import Address
from app.casefile.model.base import Model
from app.demo import story
from tests.casefile.samples import attachment, case, child, concern, ref
from tests.casefile.strategies import values

FEW = frozenset({"open", "professionals_only", "not_to"})
TODAY = date(2031, 3, 5)
SECRET = "Kanarienvogel"
PROTECTION = {"reason": "domestic_abuse"}
COURT = [{"code": "court_permission"}]


def labelled(code: Any, **entry: Any) -> dict[str, Any]:
    return {**entry, "handling": [{"code": code}]}


def shown(words: Any, labels: frozenset[str] | None = FEW) -> Disclosed:
    """Disclosed, and what was given is left as it was."""
    before = copy.deepcopy(words)
    found = disclose(words, labels)
    assert words == before
    return found


@pytest.mark.parametrize("labels", [None, FEW])
def test_words_without_labels_or_protection_come_out_equal(labels: frozenset[str] | None) -> None:
    same: tuple[Any, ...] = (
        story.case_file(TODAY),
        story.notification(TODAY),
        case(),
        None,
        [],
        "x",
        1,
    )
    for words in same:
        assert shown(words, labels) == Disclosed(words, 0, 0)


@pytest.mark.parametrize(
    "code", ["originator_consent", "court_permission", "legal_privilege", "of_2031", "", None, 1]
)
def test_an_entry_of_another_label_is_left_out_wherever_it_is(code: Any) -> None:
    entry = labelled(code, id=ref("closed"), what=SECRET)
    for words in (
        case(concerns=[entry, concern()]),
        case(children=[child(father_missing=labelled(code, reason="unknown", detail=SECRET))]),
        case(gaps=[entry]),
        {"v": 1, "parts": {"chronology": [entry]}},
        {"v": 1, "acceptance": {"attachments": [entry]}},
        {"v": 9, "something": {"new": [[entry]]}},
        labelled(code, what=SECRET),
    ):
        found = shown(words)
        assert (SECRET in str(found.value), found.withheld) == (False, 1)
        assert shown(words, None) == Disclosed(words, 0, 0)


@pytest.mark.parametrize("code", sorted(FEW))
def test_the_common_labels_are_for_all_who_open(code: str) -> None:
    words = case(concerns=[labelled(code, what="x")])
    assert shown(words) == Disclosed(words, 0, 0)


def test_one_closed_label_of_several_closes() -> None:
    both = [{"code": "professionals_only"}, {"code": "court_permission"}]
    assert shown(case(concerns=[concern(handling=both)])).withheld == 1


@pytest.mark.parametrize("handling", ["open", {"code": "open"}, ["open"], [{}], 0, True])
def test_handling_of_an_unknown_form_closes(handling: Any) -> None:
    assert shown(case(concerns=[concern(handling=handling)])).withheld == 1
    assert shown(case(concerns=[concern(handling=handling)]), None).withheld == 0


def test_what_is_inside_a_closed_entry_counts_once() -> None:
    inner = labelled("court_permission", id=ref("inner"))
    outer = labelled("court_permission", id=ref("outer"), parts=[inner])
    assert shown(case(concerns=[outer])).withheld == 1
    assert withheld_ids(case(concerns=[outer, concern()]), FEW) == {ref("outer"), ref("inner")}
    assert withheld_ids(case(concerns=[outer]), None) == frozenset()


def test_what_a_closed_entry_supersedes_is_closed_too() -> None:
    """It stays in the file, and may tell the same."""
    chain = [
        concern("first", what=SECRET),
        concern("second", what=SECRET, supersedes=[ref("first")]),
        concern("third", what=SECRET, supersedes=[ref("second")], handling=COURT),
        concern("later", supersedes=[ref("third")]),
    ]
    found = shown(case(concerns=chain))
    assert (found.value["concerns"], found.withheld) == ([chain[3]], 3)
    assert withheld_ids(case(concerns=chain), FEW) == {ref(x) for x in ("first", "second", "third")}
    assert shown(case(concerns=chain), None).withheld == 0


def test_what_was_wrong_with_a_closed_entry_is_closed_too() -> None:
    new = concern("new", what=SECRET, handling=COURT)
    names = {"entry": ref("old"), "replaced_by": ref("new")}
    other = {"entry": ref("other"), "why": "Another family's."}
    words = {"v": 1, "supersedes": [{**names, "why": SECRET}, other], "parts": {"concerns": [new]}}
    found = shown(words)
    assert (SECRET in str(found.value), found.withheld) == (False, 2)
    assert found.value["supersedes"] == [other]
    assert shown(words, None) == Disclosed(words, 0, 0)
    beside = [case(concerns=[concern("old", handling=COURT)])]
    withdrawn = {"v": 1, "supersedes": [{"entry": ref("old"), "why": SECRET}]}
    assert disclose(withdrawn, FEW, beside).value["supersedes"] == []


def test_what_is_said_about_a_closed_entry_is_closed_too() -> None:
    """That a part of it is missing, and where in a document it is."""
    about = {"section": "concerns", "entry": ref("concern")}
    others: dict[str, Any] = {"section": "concerns", "entry": ref("other")}
    words = case(
        concerns=[concern(handling=COURT), concern("other")],
        gaps=[{"id": ref("gap"), "about": about, "reason": "not_held", "words": SECRET}],
        document_references=[
            {"about": about, "attachment": 1, "note": SECRET},
            {"about": others, "attachment": 1},
        ],
        attachments=[attachment(1)],
    )
    found = shown(words)
    assert (SECRET in str(found.value), found.withheld) == (False, 3)
    assert found.value["document_references"] == [words["document_references"][1]]
    assert ref("gap") in withheld_ids(words, FEW)
    assert shown(words, None) == Disclosed(words, 0, 0)


def test_why_a_protected_address_was_withdrawn_tells_no_place() -> None:
    over = {"on": "2031-02-03", "why": SECRET, "by": {"name": SECRET}}
    (told,) = shown(case(addresses=[{**ADDRESS, "withdrawn": over}])).value["addresses"]
    assert told["withdrawn"] == {"on": "2031-02-03", "why": None, "by": None}


def test_what_was_wrong_with_a_protected_address_tells_no_place() -> None:
    names = {"entry": ref("old"), "replaced_by": ref("address")}
    words = {"v": 1, "supersedes": [{**names, "why": SECRET}], "parts": {"addresses": [ADDRESS]}}
    found = shown(words, None)
    assert (SECRET in str(found.value), found.masked) == (False, 1)
    assert found.value["supersedes"] == [{**names, "why": None}]
    assert protected_addresses(words, None) == [ADDRESS]


@pytest.mark.parametrize("section", ["concerns", "gaps"])
def test_what_is_privileged_is_named(section: str) -> None:
    limited: dict[str, Any] = {"handling": [{"code": "legal_privilege"}]}
    gap = {"id": ref("concern"), "about": {"section": "legal"}, "reason": "withheld"}
    entry = {**(gap if section == "gaps" else concern()), **limited}
    parts: dict[str, Any] = {section: [entry], "attachments": [attachment(2, **limited)]}
    for one in (parse_case_file(case(**parts)), parse_parts(parts)):
        assert privileged(one) == (ref("concern"), "attachment 2")


def test_words_about_a_document_close_it() -> None:
    words = case(
        attachments=[attachment(1), attachment(2, handling=[{"code": "court_permission"}])]
    )
    assert [withholds_document(words, number, FEW) for number in (1, 2, 3)] == [False, True, False]
    assert not withholds_document(words, 2, None)
    later = {"v": 1, "parts": {"attachments": words["attachments"]}}
    assert [withholds_document(later, number, FEW) for number in (1, 2, 3)] == [False, True, False]
    odds: tuple[Any, ...] = (None, [], {"attachments": 1}, {"attachments": [1]}, {"parts": [1]})
    for odd in odds:
        assert not withholds_document(odd, 1, FEW)


ADDRESS = {
    "id": ref("address"), "kind": "temporary", "lines": [SECRET], "postcode": SECRET,
    "uprn": SECRET, "country": SECRET, "authority": {"name": SECRET}, "conditions": SECRET,
    "of_2031": SECRET,
    "children": [ref("child")], "confirmed": "confirmed", "protection": PROTECTION,
    "safe_contact": {"phone": "01632 960601"},
}  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        case(addresses=[ADDRESS]),
        {"v": 1, "went_to": ADDRESS},
        {"v": 1, "parts": {"addresses": [ADDRESS]}},
        {"v": 9, "something": [{"new": ADDRESS}]},
    ],
)
@pytest.mark.parametrize("labels", [None, FEW])
def test_a_protected_address_tells_no_place(words: Any, labels: frozenset[str] | None) -> None:
    found = shown(words, labels)
    assert (SECRET in str(found.value), found.masked, found.withheld) == (False, 1, 0)
    assert str(found.value).count("01632 960601") == 1
    assert protected_addresses(words, labels) == [ADDRESS]


def test_what_a_protected_address_supersedes_tells_no_place_either() -> None:
    bare = {"lines": [SECRET], "kind": "home"}
    chain = [
        {**bare, "id": ref("first")},
        {**bare, "id": ref("second"), "supersedes": [ref("first")]},
        {**ADDRESS, "supersedes": [ref("second"), ref("elsewhere")]},
    ]
    other = {"id": ref("other"), "lines": ["1 Invented Road"]}
    found = shown(case(addresses=[*chain, other]))
    assert (SECRET in str(found.value), found.masked) == (False, 3)
    assert found.value["addresses"][3] == other
    assert protected_addresses(case(addresses=[*chain, other]), FEW) == chain
    round_ = [{**ADDRESS, "supersedes": [ref("address")]}]
    assert shown(case(addresses=round_)).masked == 1


def test_an_earlier_form_tells_no_place_either_where_the_protected_one_is_withheld() -> None:
    first = {"id": ref("first"), "lines": [SECRET]}
    second = {**ADDRESS, "supersedes": [ref("first")], "handling": COURT}
    found = shown(case(addresses=[first, second]))
    assert (SECRET in str(found.value), found.withheld) == (False, 2)
    assert protected_addresses(case(addresses=[first, second]), FEW) == []
    assert protected_addresses(case(addresses=[first, second]), None) == [first, second]


@pytest.mark.parametrize("labels", [None, FEW])
def test_no_address_protects_what_is_none(labels: frozenset[str] | None) -> None:
    """Whoever protects an address names what he likes as its id, and as what it supersedes."""
    sent = story.case_file(TODAY)
    ids = [one["id"] for entries in sent.values() if isinstance(entries, list)
           for one in entries if "id" in one]  # fmt: skip
    theirs = {
        "id": ref("theirs"),
        "protection": PROTECTION,
        "supersedes": [*ids, sent["authority"]["id"]],
    }
    same_ids = [{"id": one, "lines": None, "protection": PROTECTION} for one in ids]
    shown = disclose(sent, labels, [{"v": 1, "parts": {"addresses": [theirs, *same_ids]}}]).value
    masked = {name for name in sent if shown[name] != sent[name]}
    assert masked == {"addresses"}


def test_every_field_whose_entries_are_no_addresses_is_known() -> None:
    """An entry of any other field is masked with the address whose id it has."""
    names: dict[str, set[type[Model]]] = {}
    seen: set[type[Model]] = set()
    waiting: list[type[Model]] = [CaseFile, *CONTENTS.values()]
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, info in model.model_fields.items():
            waiting += (inside := list(models_in(info.annotation)))
            names.setdefault(name, set()).update(one for one in inside if "id" in one.model_fields)
    assert names["addresses"] == {Address}
    others = {name for name, found in names.items() if found} - {"addresses"}
    assert others - handling._NO_ADDRESSES == set()
    assert not any(Address in names[name] for name in handling._NO_ADDRESSES & names.keys())


def models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def test_a_protected_address_inside_another_is_masked_too() -> None:
    outer = {"protection": PROTECTION, "people": [{"id": ref("x"), "at": ADDRESS}]}
    found = shown({"v": 9, "new": outer})
    assert (SECRET in str(found.value), found.masked) == (False, 1)


def test_an_address_that_holds_no_place_is_not_counted() -> None:
    words = story.second_notification(TODAY)
    assert shown(words) == Disclosed(words, 0, 0)
    assert [one["protection"]["reason"] for one in protected_addresses(words, None)] == [
        "domestic_abuse"
    ]


@pytest.mark.parametrize("odd", [[], {}, False, 0, ""])
def test_protection_of_any_form_protects(odd: Any) -> None:
    assert shown({"x": {"lines": [SECRET], "id": [], "protection": odd}}).value == {
        "x": {"lines": None, "id": [], "protection": odd}
    }


def test_a_closed_protected_address_is_not_revealed() -> None:
    words = case(addresses=[{**ADDRESS, "handling": [{"code": "court_permission"}]}])
    assert protected_addresses(words, FEW) == []


@pytest.mark.parametrize(
    ("words", "restricted"),
    [
        (case(), False),
        (case(restricted={"reason": "adoption"}), True),
        ({"v": 9, "restricted": "yes"}, True),
        ({"v": 9, "restricted": None}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_case_file_of_any_version_says_that_it_is_restricted(
    words: Any, restricted: bool
) -> None:
    assert is_restricted(words) is restricted


@pytest.mark.parametrize("kind", ["dispatch", *CONTENTS])
@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_no_closed_entry_is_left_in_any_words(kind: str, data: st.DataObject) -> None:
    model = CaseFile if kind == "dispatch" else CONTENTS[kind]
    words = data.draw(values(model, depth=0))
    left = repr(shown(words).value)
    for code in ("originator_consent", "court_permission", "legal_privilege"):
        assert f"'code': '{code}'" not in left
