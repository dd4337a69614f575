"""The form of the case file: exact round trips, exact texts, nothing unknown, nothing coerced."""

import json
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casefile.model import CaseFile, Model, Parts, codes, parse_case_file, parse_parts, read
from app.casefile.model.base import MAX_EVENTS, MAX_TEXT
from app.errors import Malformed
from tests.casefile.samples import attachment, case, child, concern, event, ref
from tests.casefile.strategies import texts, values

SECTIONS: dict[str, type[Model]] = {
    name: get_args(info.annotation)[0] for name, info in Parts.model_fields.items()
}


@pytest.mark.parametrize("section", SECTIONS)
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_is_read_is_written_again_unchanged(section: str, data: st.DataObject) -> None:
    value = data.draw(values(SECTIONS[section]))
    model = read(SECTIONS[section], value, code="x")
    assert model.to_value() == value
    assert json.dumps(model.to_value()) == json.dumps(_in_order(model.to_value(), value))


def _in_order(written: Any, given: Any) -> Any:
    """`given` with its members in the order written: the order of members means nothing."""
    if isinstance(written, dict):
        return {key: _in_order(written[key], given[key]) for key in written}
    if isinstance(written, list):
        return [_in_order(*pair) for pair in zip(written, given, strict=True)]
    return given


@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_any_text_is_kept_exactly(text: str) -> None:
    value = case(concerns=[concern(what=text)])
    assert parse_case_file(value).to_value() == value


@pytest.mark.parametrize(
    "text",
    [
        "  leading and trailing \n",
        "\u202bمثال خيالي\u202c then English",
        "e\u0301 is not \u00e9",
        "👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "\ufeffbyte order mark",
        "line\r\nline\x0bpage\x0c",
        "नमूना, 例, Përrallë, ตัวอย่าง",
    ],
)
def test_scripts_marks_and_spaces_survive(text: str) -> None:
    value = case(children=[child(voice=text)], children_views=text)
    assert parse_case_file(json.loads(json.dumps(value))).to_value() == value


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"v": 0}, "/v"),
        ({"v": True}, "/v"),
        ({"v": 1.0}, "/v"),
        ({"v": "1"}, "/v"),
        ({"children": []}, "/children"),
        ({"children": {}}, "/children"),
        ({"children": [child(status="alive")]}, "/children/0/status"),
        ({"children": [child(born_on="2019-02-29")]}, "/children/0/born_on"),
        ({"children": [child(voice="")]}, "/children/0/voice"),
        ({"children": [child(voice="a\0b")]}, "/children/0/voice"),
        ({"children": [child(voice="\ud800")]}, "/children/0/voice"),
        ({"children": [child(voice="a" * (MAX_TEXT + 1))]}, "/children/0/voice"),
        ({"children": [child(voice=7)]}, "/children/0/voice"),
        ({"children": [child(born_on_estimated=1)]}, "/children/0/born_on_estimated"),
        ({"children": [child(id="short")]}, "/children/0/id"),
        ({"children": [child(id="b" * 26)]}, "/children/0/id"),
        ({"fictional": "true"}, "/fictional"),
        ({"attachments": [attachment(0)]}, "/attachments/0/number"),
        ({"attachments": [attachment(1.0)]}, "/attachments/0/number"),  # type: ignore[arg-type]
        ({"reference": "Ref with words"}, "/reference"),
        ({"authority": {"id": "Swindon"}}, "/authority/id"),
        ({"chronology": [event(when={"start": "2020", "end": "2019"})]}, "/chronology/0/when"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_its_place(
    change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Malformed) as refused:
        parse_case_file(case(**change))
    assert (refused.value.code, refused.value.pointer) == ("case-file-invalid", pointer)


@pytest.mark.parametrize("value", [None, [], "case", 5, 1.5, float("nan"), {1: 2}, {}])
def test_what_is_no_case_file_at_all_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match="case-file-invalid"):
        parse_case_file(value)


@pytest.mark.parametrize("path", ["", "/children/0", "/concerns/0/shared_with/0/who"])
def test_a_field_that_is_not_of_the_form_is_refused_without_its_name(path: str) -> None:
    value = case(concerns=[concern(shared_with=[{"who": {"role": "Invented"}}])])
    target: Any = value
    for step in path.split("/")[1:]:
        target = target[int(step) if step.isdigit() else step]
    target["sekrit"] = "sekrit"
    with pytest.raises(Malformed) as refused:
        parse_case_file(value)
    assert refused.value.pointer == path
    assert "sekrit" not in str(refused.value)


def test_an_error_counts_and_never_repeats_what_was_sent() -> None:
    value = case(children=[child(status="sekrit", voice=5, born_on="sekrit")])
    with pytest.raises(Malformed) as refused:
        parse_case_file(value)
    assert "first of 3 errors" in refused.value.detail
    assert "sekrit" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_errors_are_few_however_much_is_wrong() -> None:
    many_wrong = case(children=[1] * 100_000, concerns=[concern(handling=[1] * 1000)] * 1000)
    with pytest.raises(Malformed, match="first of 2 errors"):
        parse_case_file(many_wrong)
    many_unknown = case(**{f"sekrit {number}": number for number in range(100_000)})
    with pytest.raises(Malformed, match="not part of this format") as refused:
        parse_case_file(many_unknown)
    assert refused.value.pointer == ""
    assert "errors" not in refused.value.detail


def test_a_newer_version_is_told_apart() -> None:
    with pytest.raises(Malformed, match="case-file-version"):
        parse_case_file({"v": 2, "anything": "new"})


def test_the_chronology_is_long_and_bounded() -> None:
    events = [event(f"event {number}") for number in range(MAX_EVENTS)]
    assert len(parse_case_file(case(chronology=events)).chronology) == MAX_EVENTS
    with pytest.raises(Malformed, match="more entries"):
        parse_case_file(case(chronology=[*events, event()]))


@pytest.mark.parametrize(
    ("section", "entry", "rule"),
    [
        ("children", child(identifiers=[{"scheme": "nhs_number", "value": None}]), "null"),
        (
            "children",
            child(
                identifiers=[{"scheme": "upn", "value": "X", "absent_because": "not_known"}],
            ),
            "null",
        ),
        ("concerns", concern(handling=[{"code": "not_to"}]), "not_to"),
        ("concerns", concern(handling=[{"code": "open", "not_to": [ref("child")]}]), "not_to"),
        (
            "plans",
            {
                "id": ref("plan"),
                "kind": "child_protection",
                "latest_categories": [{"scheme": "england", "code": "NEG"}],
            },
            "category",
        ),
        (
            "meetings",
            {"id": ref("m"), "kind": "core_group", "minutes": {"status": "included"}},
            "attachment",
        ),
        ("gaps", {"id": ref("g"), "about": {"section": "plans"}, "reason": "coming_by"}, "date"),
        (
            "document_references",
            {"about": {"section": "plans"}, "attachment": 1, "page": 4, "last_page": 3},
            "before",
        ),
    ],
)
def test_fields_that_belong_together_come_together(
    section: str, entry: dict[str, Any], rule: str
) -> None:
    with pytest.raises(Malformed, match=rule):
        parse_case_file(case(**{section: [entry]}))


def test_a_missing_identifier_has_its_reason() -> None:
    identifier = {"scheme": "nhs_number", "value": None, "absent_because": "withheld_for_safety"}
    value = case(children=[child(identifiers=[identifier])])
    assert parse_case_file(value).to_value() == value


def test_parts_stand_alone_and_may_be_none() -> None:
    assert parse_parts({}).to_value() == {}
    assert parse_parts({"chronology": [event(children=[ref("elsewhere")])]}).chronology


def test_every_section_can_be_declared_missing() -> None:
    sections = set(get_args(codes.SectionName))
    assert sections == set(Parts.model_fields) - {"document_references", "gaps"}


def test_entries_are_all_that_have_an_id() -> None:
    case_file = parse_case_file(case(concerns=[concern()], chronology=[event()]))
    assert [entry.id for entry in case_file.entries()] == [
        ref("child"), ref("event"), ref("concern"),
    ]  # fmt: skip


def test_a_case_file_can_not_be_changed() -> None:
    case_file: CaseFile = parse_case_file(case())
    with pytest.raises(ValueError, match="frozen"):
        case_file.fictional = False  # type: ignore[misc]
