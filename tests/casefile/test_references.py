"""Every reference resolves inside the case file, and no id stands for two entries."""

from typing import Any

import pytest

from app.casefile.model import Parts, parse_case_file, parse_parts
from app.casefile.model.references import _targets
from app.errors import Malformed
from tests.casefile.samples import attachment, case, child, concern, event, ref

NOBODY = ref("nobody")
PERSON = {"id": ref("person"), "names": [{"kind": "legal", "full": "Invented Person"}]}
MEETING = {"id": ref("meeting"), "kind": "core_group"}


@pytest.mark.parametrize(
    ("sections", "pointer"),
    [
        ({"chronology": [event(children=[ref("child"), NOBODY])]}, "/chronology/0/children/1"),
        ({"chronology": [event(people=[NOBODY])]}, "/chronology/0/people/0"),
        ({"chronology": [event(concern=NOBODY)]}, "/chronology/0/concern"),
        ({"chronology": [event(seen=[{"child": NOBODY}])]}, "/chronology/0/seen/0/child"),
        ({"concerns": [concern(attachments=[1])]}, "/concerns/0/attachments/0"),
        ({"concerns": [concern(raised_by={"person": NOBODY})]}, "/concerns/0/raised_by/person"),
        ({"concerns": [concern(supersedes=[NOBODY])]}, "/concerns/0/supersedes/0"),
        (
            {"concerns": [concern(handling=[{"code": "not_to", "not_to": [NOBODY]}])]},
            "/concerns/0/handling/0/not_to/0",
        ),
        (
            {"people": [PERSON], "concerns": [concern(children=[ref("person")])]},
            "/concerns/0/children/0",
        ),
        (
            {"meetings": [{**MEETING, "minutes": {"status": "included", "attachment": 2}}]},
            "/meetings/0/minutes/attachment",
        ),
        (
            {"actions": [{"id": ref("a"), "what": "x", "outcome": ref("child")}]},
            "/actions/0/outcome",
        ),
        (
            {
                "outcomes": [
                    {
                        "id": ref("o"),
                        "what": "x",
                        "progress": [{"on": "2030", "code": "worse", "review": NOBODY}],
                    }
                ]
            },
            "/outcomes/0/progress/0/review",
        ),
        (
            {"document_references": [{"about": {"section": "plans"}, "attachment": 1}]},
            "/document_references/0/attachment",
        ),
        ({"gaps": [_gap := {"id": ref("g"), "about": {"section": "plans", "field": "sekrit"},
                            "reason": "not_held"}]}, "/gaps/0/about/field"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused(sections: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_case_file(case(**sections))
    assert (refused.value.code, refused.value.pointer) == ("reference-unresolved", pointer)
    assert "sekrit" not in str(refused.value)


@pytest.mark.parametrize(
    ("sections", "pointer"),
    [
        ({"children": [child(), child()]}, "/children/1/id"),
        ({"chronology": [event(id=ref("child"))]}, "/chronology/0/id"),
        ({"attachments": [attachment(3), attachment(3)]}, "/attachments/1/number"),
        (
            {
                "plans": [
                    {
                        "id": ref("p"),
                        "kind": "child_protection",
                        "reviews": [{"id": ref("p"), "on": "2030"}],
                    }
                ]
            },
            "/plans/0/reviews/0/id",
        ),
    ],
)
def test_an_id_that_is_used_twice_is_refused(sections: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_case_file(case(**sections))
    assert (refused.value.code, refused.value.pointer) == ("reference-duplicate", pointer)


def test_references_that_resolve_are_accepted() -> None:
    value = case(
        people=[PERSON],
        attachments=[attachment(7)],
        chronology=[event(children=[ref("child")], people=[ref("person"), ref("child")])],
        concerns=[concern(events=[ref("event")], about=[ref("person")], attachments=[7])],
        meetings=[{**MEETING, "minutes": {"status": "included", "attachment": 7}}],
        gaps=[
            {
                "id": ref("gap"),
                "about": {"section": "concerns", "entry": ref("concern"), "field": "medical"},
                "reason": "not_held",
            }
        ],
    )
    assert parse_case_file(value).to_value() == value


def test_parts_refer_to_entries_sent_before_but_only_to_their_own_documents() -> None:
    elsewhere = concern(children=[NOBODY], supersedes=[NOBODY])
    assert parse_parts({"concerns": [elsewhere]}).concerns
    with pytest.raises(Malformed, match="reference-unresolved"):
        parse_parts({"concerns": [concern(attachments=[1])]})
    with pytest.raises(Malformed, match="reference-duplicate"):
        parse_parts({"concerns": [concern(), concern()]})


def test_every_field_that_names_another_entry_is_found() -> None:
    event_model = type(parse_case_file(case(chronology=[event()])).chronology[0])
    assert _targets(event_model) == {
        "supersedes": "part",
        "children": "child",
        "people": "person",
        "concern": "concern",
        "outcomes": "outcome",
        "attachments": "attachment",
    }
    assert _targets(Parts) == {}
