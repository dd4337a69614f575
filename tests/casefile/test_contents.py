"""The sealed words of each kind of statement."""

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casefile.contents import CONTENTS, ItemWords, parse_content
from app.casefile.contents.dispositions import NEEDED, check_dispositions
from app.casefile.model import CaseFile, read
from app.errors import Malformed
from app.handover.bodies import BODIES
from app.handover.codes import Disposition
from tests.casefile.samples import attachment, case, child, event, ref
from tests.casefile.strategies import values

PERSON = {"name": "Invented Name", "role": "Team manager", "team": "Duty", "phone": "01632 960000"}
WITHOUT_CONTENT = {"receipt", "refusal", "sync"}


def test_every_kind_of_statement_has_its_content_or_none() -> None:
    assert set(CONTENTS) | {"dispatch"} == set(BODIES) - WITHOUT_CONTENT


@pytest.mark.parametrize("kind", CONTENTS)
@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_is_read_is_written_again_unchanged(kind: str, data: st.DataObject) -> None:
    value = data.draw(values(CONTENTS[kind], depth=1))
    assert read(CONTENTS[kind], value, code="x").to_value() == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("notification", {"children": [child()]}),
        ("acknowledgement", {"person": PERSON}),
        ("arrangements", {}),
        ("acceptance", {"chair": {"name": "Invented Chair"}}),
        ("fact", {"note": "She was asleep; seen again the next day."}),
        ("supplement", {"parts": {"chronology": [event(children=[ref("elsewhere")])]}}),
        ("correction", {"supersedes": [{"entry": ref("old"), "why": "Another family's."}]}),
        ("query", {"question": "Where are the minutes?", "asked_by": {"name": "Invented Name"}}),
    ],
)
def test_little_is_enough(kind: str, value: dict[str, Any]) -> None:
    value = {"v": 1, **value}
    assert parse_content(kind, value).to_value() == value


def test_the_content_of_a_dispatch_is_the_case_file() -> None:
    assert isinstance(parse_content("dispatch", case()), CaseFile)


@pytest.mark.parametrize("kind", [*sorted(WITHOUT_CONTENT), "unheard-of"])
def test_a_kind_without_content_is_refused(kind: str) -> None:
    with pytest.raises(Malformed, match="content-kind"):
        parse_content(kind, {"v": 1})


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("value", [None, [], {}, {"v": 2}, {"v": 1, "sekrit": "sekrit"}])
def test_what_is_not_of_the_form_is_refused_without_echo(kind: str, value: object) -> None:
    with pytest.raises(Malformed, match="content-invalid") as refused:
        parse_content(kind, value)
    assert "sekrit" not in str(refused.value)


@pytest.mark.parametrize("field", ["name", "role", "team", "phone"])
def test_an_acknowledgement_names_a_person_who_can_be_rung(field: str) -> None:
    person = {key: value for key, value in PERSON.items() if key != field}
    with pytest.raises(Malformed) as refused:
        parse_content("acknowledgement", {"v": 1, "person": person})
    assert refused.value.pointer == f"/person/{field}"


@pytest.mark.parametrize(
    "reason",
    [
        "Not enough evidence",
        "  not ENOUGH evidence.  ",
        "Insufficient evidence to proceed",
        "There was no evidence.",
        "no evidence found",
        "Lack of evidence",
        "We have not enough evidence to take it further.",
        "not enough\nevidence!",
    ],
)
@pytest.mark.parametrize("field", ["reason", "evidence"])
def test_not_enough_evidence_is_no_reason(reason: str, field: str) -> None:
    for kind, more in (("acceptance", {"chair": {"role": "Chair"}}), ("disposition", {})):
        item = {"item": ref("item"), field: reason}
        with pytest.raises(Malformed) as refused:
            parse_content(kind, {"v": 1, **more, "items": [item]})
        assert refused.value.code == "reason-not-enough-evidence"
        assert refused.value.pointer == f"/items/0/{field}"
        assert reason not in refused.value.detail


def test_not_enough_evidence_is_no_reason_to_decline() -> None:
    declined = {"child": ref("child"), "reason": "insufficient evidence"}
    with pytest.raises(Malformed, match="reason-not-enough-evidence"):
        parse_content("decline", {"v": 1, "children": [declined], "manager": PERSON})


@pytest.mark.parametrize(
    "reason",
    [
        "Not enough evidence was the first view; she was then seen alone on Tuesday and said ...",
        "Seen alone at nursery, bruise is a birthmark: paediatrician's letter, document 4.",
        "There is no evidence of a fracture on the skeletal survey, and the account was checked.",
        "Evidence",
    ],
)
def test_a_reason_that_says_more_is_one(reason: str) -> None:
    value = {"v": 1, "items": [{"item": ref("item"), "reason": reason}]}
    assert parse_content("disposition", value).to_value() == value


@pytest.mark.parametrize("owner", [{}, {"name": "Invented Name"}, {"role": "Duty team"}])
def test_an_item_s_owner_has_a_name_and_a_role(owner: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as refused:
        parse_content("disposition", {"v": 1, "items": [{"item": ref("item"), "owner": owner}]})
    assert (refused.value.pointer or "").startswith("/items/0/owner/")


@pytest.mark.parametrize(("disposition", "field"), sorted(NEEDED.items()))
def test_each_disposition_has_the_words_it_needs(disposition: str, field: str) -> None:
    words: dict[str, Any] = {
        "owner": {"name": "Invented Name", "role": "Social worker"},
        "referred_to": {"role": "Invented service"},
    }
    said = words.get(field, "Seen alone on Tuesday; see outcome 3.")
    enough = read(ItemWords, {"item": ref("item"), field: said}, code="x")
    check_dispositions([enough], {ref("item"): disposition})
    bare = read(ItemWords, {"item": ref("item")}, code="x")
    for too_little in ([], [bare]):
        with pytest.raises(Malformed, match="item-words-missing"):
            check_dispositions(too_little, {ref("item"): disposition})


def test_a_duplicate_needs_no_words() -> None:
    check_dispositions([], {ref("item"): "duplicate_of"})
    assert set(NEEDED) == set(get_args(Disposition)) - {"duplicate_of"}


def test_an_item_is_answered_once() -> None:
    item = {"item": ref("item"), "reason": "Carried into the new plan, outcome 3."}
    with pytest.raises(Malformed, match="reference-duplicate"):
        parse_content("disposition", {"v": 1, "items": [item, item]})


@pytest.mark.parametrize("kind", ["notification", "records_request"])
def test_what_comes_first_names_nobody_who_is_not_in_it(kind: str) -> None:
    value = {"v": 1, "children": [child()], "last_seen": [{"child": ref("another")}]}
    with pytest.raises(Malformed, match="reference-unresolved"):
        parse_content(kind, value)


def test_later_words_name_children_of_the_case_but_only_their_own_documents() -> None:
    fact = {"v": 1, "seen": [{"child": ref("elsewhere"), "seen": True, "alone": False}]}
    assert parse_content("fact", fact).to_value() == fact
    meeting = {"id": ref("m"), "kind": "core_group", "attachments": [2]}
    supplement = {"v": 1, "parts": {"meetings": [meeting], "attachments": [attachment(2)]}}
    assert parse_content("supplement", supplement).to_value() == supplement
    with pytest.raises(Malformed, match="reference-unresolved"):
        parse_content("supplement", {"v": 1, "parts": {"meetings": [meeting]}})
