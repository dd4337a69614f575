"""The invented families: read by the same strict reader as real ones, and worth demonstrating."""

import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pypdf import PdfReader

from app.casefile.contents import parse_content
from app.casefile.items import items
from app.casefile.model import CaseFile, days, parse_case_file
from app.casefile.schemas import schemas
from app.demo import story
from app.demo.story.minutes import minutes_pdf

TODAYS = [date(2031, 3, 3) + timedelta(days=day) for day in range(7)]
"""A whole week: weekends must not bring the story out of order."""
YEAR = [date(2031, 3, 3) + timedelta(days=23 * step) for step in range(16)]
"""Every weekday, and every part of a month."""
TODAY = TODAYS[2]


def read(today: date = TODAY) -> CaseFile:
    return parse_case_file(story.case_file(today))


@pytest.mark.parametrize("today", [*TODAYS, date(2028, 2, 29), date(2030, 12, 31)])
@pytest.mark.parametrize("made", [story.case_file, story.second_case_file])
def test_the_case_files_are_read_and_written_unchanged(made: Any, today: date) -> None:
    value = made(today)
    assert parse_case_file(value).to_value() == value
    assert value == made(today)


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize("made", [story.notification, story.second_notification])
def test_the_notifications_are_read_and_written_unchanged(made: Any, today: date) -> None:
    value = made(today)
    assert parse_content("notification", value).to_value() == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("casefile.json", story.case_file(TODAY)),
        ("casefile.json", story.second_case_file(TODAY)),
        ("content-notification.json", story.notification(TODAY)),
        ("content-notification.json", story.second_notification(TODAY)),
    ],
)
def test_the_published_schemas_accept_them(schema: str, value: dict[str, Any]) -> None:
    Draft202012Validator(schemas()[schema]).validate(json.loads(json.dumps(value)))


@pytest.mark.parametrize("today", YEAR)
def test_the_chronology_is_long_of_many_agencies_and_in_order(today: date) -> None:
    events = read(today).chronology
    assert len(events) >= 40
    assert len({event.agency for event in events}) >= 10
    starts = [days(event.when.start)[1] for event in events]
    assert starts == sorted(starts)
    assert max(starts) <= today


def test_both_cases_say_that_they_are_invented() -> None:
    for value in (story.case_file(TODAY), story.second_case_file(TODAY)):
        assert value["fictional"] is True
        assert "INVENTED CASE" in value["summary"]["what"]
    for value in (story.notification(TODAY), story.second_notification(TODAY)):
        assert value["fictional"] is True


def test_telephones_nhs_numbers_and_postcodes_are_nobody_s() -> None:
    text = "".join(
        json.dumps(made(TODAY))
        for made in (
            story.case_file, story.second_case_file, story.notification, story.second_notification
        )
    )  # fmt: skip
    phones = set(re.findall(r'"phone": "([^"]+)"', text))
    assert phones
    assert all(re.fullmatch(r"01632 960\d{3}|07700 900\d{3}", phone) for phone in phones)
    assert set(re.findall(r'"postcode": "([^" ]+)', text)) == {"ZZ99"}
    nhs = set(re.findall(r'"nhs_number", "value": "(\d+)"', text))
    assert nhs
    assert all(number.startswith("999") and len(number) == 10 for number in nhs)
    assert set(re.findall(r"@([a-z.]+)", text)) == {"oxfordshire.example"}


def test_everything_the_review_asks_for_is_there_to_be_shown() -> None:
    case = read()
    complete = [o for o in case.outcomes if o.risk and o.measure and o.consequence and o.owner]
    assert len(complete) == len(case.outcomes) - 1  # readiness has one to name
    assert any([p.code for p in o.progress] == ["unchanged"] * 2 for o in case.outcomes)
    allegation = next(c for c in case.concerns if c.kind == "allegation")
    assert allegation.status == "open"
    assert "not_yet" in {seen.why_not for seen in allegation.spoken_to}
    assert any(c.closed and "Not enough evidence" in str(c.closed.words) for c in case.concerns)
    relations = {(r.child, r.relation): p for p in case.people for r in p.relationships}
    for child in case.children:
        father = relations[child.id, "father"]
        assert father.strengths
        assert father.risks
    last_risk = max(risk.on for risk in case.risk_assessments)
    later = [event for event in case.chronology if event.when.start > last_risk]
    assert any(event.significance == "significant" for event in later)
    assert sum(1 for m in case.meetings if m.minutes and m.minutes.status == "included") == 3
    assert any(m.professionals_only and m.professionals_only_reason for m in case.meetings)
    assert len(case.moves) == 3
    assert any(s.reflective and s.lived_experience for s in case.supervision)


def test_every_kind_of_item_is_open() -> None:
    kinds = {item.type for item in items(read())}
    assert kinds == {"concern", "outcome", "action", "minutes", "professional", "gap"}


def test_the_notification_speaks_of_the_same_people_as_the_case_file() -> None:
    for note, case in (
        (story.notification(TODAY), story.case_file(TODAY)),
        (story.second_notification(TODAY), story.second_case_file(TODAY)),
    ):
        known = {entry["id"] for entry in (*case["children"], *case["people"])}
        assert {entry["id"] for entry in (*note["children"], *note["people"])} <= known


def test_the_second_address_is_protected_and_has_no_lines() -> None:
    text = json.dumps(story.second_case_file(TODAY)["addresses"][1])
    assert '"protection"' in text
    assert '"lines"' not in text


def test_the_minutes_are_pdfs_whose_words_can_be_read_back() -> None:
    made = story.documents(TODAY)
    described = {a.number: a for a in read().attachments}
    assert {document.number for document in made} == set(described) == {1, 2, 3}
    for document in made:
        text = _words(document.data)
        assert "INVENTED FOR DEMONSTRATION" in text
        assert "Maisie Sampleton" in text
        assert ("PROFESSIONALS ONLY" in text) == bool(described[document.number].handling)
    assert "phone days" in _words(made[2].data)


def test_the_scan_is_large_marked_and_the_same_each_time() -> None:
    scan = story.scan()
    kind, mark, size, depth, grey = scan.data.split(b"\n", 4)
    assert (kind, size, depth) == (b"P5", b"4960 7016", b"255")
    assert b"INVENTED FOR DEMONSTRATION" in mark
    assert len(grey) == 4960 * 7016
    assert scan == story.scan()


def test_the_same_minutes_are_the_same_bytes() -> None:
    assert story.documents(TODAY)[0].data == story.documents(TODAY)[0].data


def test_words_of_minutes_are_never_markup() -> None:
    words = '#panic("no") *bold* $x$ @label \\ <tag> `raw` //comment "quotes" Łódź'
    meeting: dict[str, Any] = {
        "title": words, "subtitle": words, "marking": words, "facts": [[words, words]],
        "people": [[words, words]], "sections": [{"heading": words, "paragraphs": [words]}],
        "decisions": [[words, words, words]], "closing": words,
    }  # fmt: skip
    text = _words(minutes_pdf(meeting))
    for word in words.split():
        assert word in text


def _words(pdf: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("today", TODAYS)
def test_the_supplement_brings_minutes_that_were_owed(today: date) -> None:
    value = story.supplement(today)
    assert parse_content("supplement", {"v": 1, **value}).to_value() == {"v": 1, **value}
    (minuted,) = value["parts"]["meetings"]
    (old,) = [
        one for one in story.case_file(today)["meetings"] if [one["id"]] == minuted["supersedes"]
    ]
    kept = {name for name in old if name not in ("id", "minutes")}
    assert {name: minuted[name] for name in kept} == {name: old[name] for name in kept}
    assert old["minutes"]["status"] == "coming"
    assert (
        "Bath-time visits"
        in PdfReader(io.BytesIO(story.supplement_document(today).data)).pages[0].extract_text()
    )
