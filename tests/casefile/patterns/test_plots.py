"""The plots: well-formed, harmless, small, and the same figures in words."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casefile.model import CaseFile, parse_case_file
from app.casefile.patterns import patterns
from app.casefile.patterns.plots import plot
from app.casefile.patterns.words import NAMES, Name, told, told_of
from app.demo import story
from tests.casefile.patterns.cases import cases
from tests.casefile.patterns.counting import TODAY, count, happened
from tests.casefile.patterns.test_any_case import few
from tests.casefile.samples import case, child, concern, ref

SVG = "{http://www.w3.org/2000/svg}"
DRAWS = {"svg", "title", "desc", "defs", "pattern", "rect", "path", "text", "line", "circle"}
ATTRIBUTES = {
    "role", "width", "height", "viewBox", "font-family", "aria-labelledby", "id", "patternUnits",
    "fill", "stroke", "stroke-width", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r",
    "font-size", "text-anchor", "font-weight",
}  # fmt: skip
HOSTILE = "</text><script>alert(1)</script>\"'&amp;\x01\x9b\u202e\uffff\U0010ffff\n]]>"
LARGEST = 60_000
"""Bytes of a plot, of whatever case."""


def parsed(svg: bytes) -> ET.Element:
    """Held to what a plot may be made of. Nothing here is anybody's input but our own output."""
    assert len(svg) <= LARGEST
    assert b"<!" not in svg
    assert b"<?" not in svg
    root = ET.fromstring(svg)  # noqa: S314 -- our own output
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    for one in root.iter():
        assert one.tag.removeprefix(SVG) in DRAWS
        assert set(one.attrib) <= ATTRIBUTES
        for value in one.attrib.values():
            assert "url(" not in value or re.fullmatch(r"url\(#[a-z]+-hatch\)", value)
    for one in root.iter(f"{SVG}text"):
        assert 0 < float(one.attrib["x"]) < width
        assert 0 < float(one.attrib["y"]) < height
        assert int(one.attrib["font-size"]) >= 12
    for one in root.iter(f"{SVG}rect"):
        assert min(float(one.attrib["width"]), float(one.attrib["height"])) > 0
    return root


def text_of(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_a_plot_tells_its_figures_in_words(name: Name) -> None:
    found = patterns(parse_case_file(story.case_file(TODAY)), TODAY, withheld=2, unread=1)
    root = parsed(plot(found, name))
    of = told_of(found, name)
    assert of in told(found)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.attrib["role"] == "img"
    assert title is not None
    assert desc is not None
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
    assert (title.text, desc.text) == (of.title, " ".join(of.lines))
    assert of.lines
    assert any(one.startswith("2 entries are withheld from you") for one in text_of(root))
    assert any(one.startswith("1 statement of the case can't be read") for one in text_of(root))


@pytest.mark.parametrize("name", sorted({*NAMES} - {"moves"}))  # a child has lived through none
def test_nothing_on_record_is_said(name: Name) -> None:
    found = count(children=[child("one", status="unborn")])
    assert "Nothing of this on record." in text_of(parsed(plot(found, name)))


def test_hostile_words_are_words() -> None:
    names = [{"kind": "legal", "full": HOSTILE, "given": HOSTILE}]
    grade = {
        "id": ref("grade"), "child": ref("one"), "tool": "other", "tool_name": HOSTILE,
        "area": HOSTILE, "grade": HOSTILE, "assessed_on": "2030",
    }  # fmt: skip
    teller = {"name": HOSTILE}
    found = count(
        children=[child("one", names=names)],
        neglect_grades=[grade],
        concerns=[concern(one, raised_by=teller, raised_at="2030-01-01") for one in ("a", "b")],
    )
    for name in NAMES:
        root = parsed(plot(found, name))
        for words in text_of(root):
            assert words.isprintable(), "no command, nothing that turns text round"
        if name in ("seen", "grades", "allegations", "moves"):
            assert any("</text><" in words for words in text_of(root)), name


@few
@given(cases, st.dates())
def test_any_case_can_be_drawn(case: CaseFile, on: date) -> None:
    found = patterns(case, on, withheld=1)
    for name in NAMES:
        parsed(plot(found, name))


@pytest.fixture(scope="module")
def large() -> CaseFile:
    """As many entries as there may be of some kinds, each saying all that it can."""
    start = date(1990, 1, 1)
    days = [(start + timedelta(days=number)).isoformat() for number in range(10_000)]
    kinds = ("missed_appointment", "injury", "disclosure", "change_of_worker")
    said = {"seen": [{"child": ref("one"), "said": "'Invented.'", "seen": True}]}
    explained = {"explanation": "x" * 500, "impact": "negative"}
    events = [
        happened(f"e{number}", day, kinds[number % 4], **(explained if number % 2 else said))
        for number, day in enumerate(days)
    ]
    reviews = [{"id": ref(f"r{number}"), "on": day} for number, day in enumerate(days[::10])]
    grades = [
        {"id": ref(f"g{number}"), "child": ref("one"), "tool": "other", "area": f"Area {number}",
         "grade": "4", "assessed_on": day} for number, day in enumerate(days[:1000])
    ]  # fmt: skip
    plans = [{"id": ref("plan"), "kind": "other", "reviews": reviews}]
    return parse_case_file(
        case(children=[child("one")], chronology=events, plans=plans, neglect_grades=grades)
    )


@pytest.mark.parametrize("on", [date.min, date(2031, 3, 5), date.max])
def test_a_large_case_has_small_plots_and_patterns_in_proportion(large: CaseFile, on: date) -> None:
    found = patterns(large, on)
    for name in NAMES:
        parsed(plot(found, name))
    assert len(found.model_dump_json()) < len(large.model_dump_json(exclude_unset=True))


def test_what_there_is_no_room_for_is_said() -> None:
    """Never left out in silence."""
    tellers = [{"name": f"Invented Person {number}"} for number in range(25)]
    concerns = [
        concern(f"{teller['name']} {number}", raised_by=teller, raised_at="2030-01-01")
        for teller in tellers
        for number in range(2)
    ]
    days = [date(2026, 1, 1) + timedelta(days=40 * number) for number in range(40)]
    events = [
        happened(f"e{number}", day.isoformat(), kind)
        for number, day in enumerate(days)
        for kind in ("missed_appointment" if number % 2 else "injury",)
    ]
    reviews = [{"id": ref(f"r{number}"), "on": day.isoformat()} for number, day in enumerate(days)]
    grades = [
        {"id": ref(f"g{number}"), "child": ref("one"), "tool": "other", "grade": "4",
         "area": f"Area {number % 30}", "assessed_on": day.isoformat()}
        for number, day in enumerate(days)
    ]  # fmt: skip
    found = count(
        concerns=concerns,
        chronology=events,
        plans=[{"id": ref("plan"), "kind": "other", "reviews": reviews}],
        neglect_grades=grades,
    )
    not_drawn: dict[Name, str] = {
        "allegations": "5 more rows",
        "missed": "10 in other quarters",
        "injuries": "",
        "reviews": "36 earlier days of reviews",
        "grades": "6 more rows",
    }
    for name, said in not_drawn.items():
        words = text_of(parsed(plot(found, name)))
        assert (f"Not drawn: {said}." in words) is bool(said), (name, words[-4:])
        assert not any("…" in one for one in words), "none of these is too long"
