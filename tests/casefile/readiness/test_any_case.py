"""On any case file and any day: an answer, the same one, in proportion, of places that exist."""

from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casefile.model import CaseFile, Parts, parse_case_file
from app.casefile.readiness import MOST, RULES, Missing, in_order, missing
from tests import growth
from tests.casefile.fullest import fullest
from tests.casefile.readiness.pairs import ON, made
from tests.casefile.readiness.test_pairs import PAIRS
from tests.casefile.samples import child, ref
from tests.casefile.strategies import values

MODELS = {name: get_args(info.annotation)[0] for name, info in Parts.model_fields.items()}
CHILDREN = [ref("one"), ref("two")]


def _aimed(value: Any, at: str = "") -> Any:
    """A value whose references to children name those of the case: random ones name nobody."""
    if isinstance(value, dict):
        return {key: _aimed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return CHILDREN[: len(value)] if at == "children" else [_aimed(one) for one in value]
    return CHILDREN[len(value) % 2] if at == "child" and value is not None else value


def _two_children(value: dict[str, Any]) -> dict[str, Any]:
    named = zip(value["children"], CHILDREN, strict=False)
    children = [{**one, "id": id_, "scope": "handed_over"} for one, id_ in named]
    aimed: dict[str, Any] = _aimed({k: v for k, v in value.items() if k != "children"})
    return {**aimed, "children": children}


cases = values(CaseFile).map(_two_children).map(CaseFile.model_validate)


def resolves(value: Any, pointer: str) -> bool:
    """Whether a pointer, or the place that it would stand in, is in a JSON value."""
    for step in pointer.split("/")[1:-1]:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError):
            return False
    last = pointer.rsplit("/", 1)[1]
    return isinstance(value, dict) or (isinstance(value, list) and int(last) < len(value))


def check(case_file: CaseFile, found: tuple[Missing, ...]) -> None:
    value, codes = case_file.to_value(), [rule.code for rule in RULES]
    ids = {entry.id for entry in case_file.entries()}
    children = {one.id for one in case_file.children}
    for gap in found:
        assert resolves(value, gap.where), gap
        assert gap.because is None or resolves(value, f"{gap.because}/x"), gap
        assert gap.entry is None or gap.entry in ids
        assert gap.field is None or gap.field in MODELS[gap.section].model_fields, gap
        assert gap.child is None or gap.child in children
    assert [codes.index(gap.code) for gap in found] == sorted(codes.index(g.code) for g in found)
    assert len(found) <= MOST
    assert [gap.seriousness for gap in in_order(found)] == sorted(
        (gap.seriousness for gap in found), key=["high", "medium", "low"].index
    )


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(case_file=cases, on=st.one_of(st.just(ON), st.dates()))
def test_any_case_file_on_any_day(case_file: CaseFile, on: date) -> None:
    found = missing(case_file, on)
    check(case_file, found)
    assert found == missing(case_file, on)


@pytest.mark.parametrize("code", PAIRS)
def test_places_are_there(code: str) -> None:
    case_file = parse_case_file(made(PAIRS[code].found))
    check(case_file, missing(case_file, ON))


def test_nothing_of_the_case_is_said() -> None:
    """No word of the case is in what is missing: what a rule says is ours."""
    case_file = CaseFile.model_validate(fullest(CaseFile, lambda longest: "Zxqv"))
    assert not any("Zxqv" in str(gap) for gap in missing(case_file, ON))


def many(size: int) -> dict[str, Any]:
    """So many children, and of each section so many entries, which every rule has to look at."""
    children = [child(f"c{n}", born_on="2025-01-10") for n in range(size)]
    sections: dict[str, Any] = {"v": 1, "children": children}
    for pair in PAIRS.values():
        for section, entries in pair.found.items():
            if isinstance(entries, list) and section not in ("children", "attachments"):
                sections.setdefault(section, []).extend(
                    {**entry, "id": ref(f"{section} {len(sections[section])} {n}")}
                    for n in range(size)
                    for entry in entries[:1]
                )
    return sections


def test_the_work_is_in_proportion_to_the_case_file() -> None:
    def read(size: int) -> growth.Call:
        case_file = CaseFile.model_validate(many(size))
        return lambda: missing(case_file, ON)

    growth.check(read, 4)


def test_there_is_an_end_to_it_and_the_most_serious_are_kept() -> None:
    """Sixty concerns about sixty children, of which nobody has been spoken to."""
    case_file = CaseFile.model_validate(
        {
            "v": 1,
            "children": [child(f"c{n}") for n in range(60)],
            "concerns": [
                {"id": ref(f"k{n}"), "kind": "allegation", "what": "Invented."} for n in range(60)
            ],
        }
    )
    found = missing(case_file, ON)
    assert len(found) == MOST
    assert {gap.seriousness for gap in found} == {"high"}
    check(case_file, found)
