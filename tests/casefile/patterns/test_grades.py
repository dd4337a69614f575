"""Neglect grades over time: only like beside like, and no scale of ours."""

from typing import Any

import pytest

from tests.casefile.patterns.counting import count
from tests.casefile.samples import ref


def grade(name: str, on: str, grade: str, **fields: Any) -> dict[str, Any]:
    usual = {"child": ref("one"), "tool": "graded_care_profile", "area": "safety"}
    return {"id": ref(name), "assessed_on": on, "grade": grade, **usual, **fields}


def test_a_series_is_in_order_of_its_dates() -> None:
    (found,) = count(
        neglect_grades=[
            grade("c", "2030-06", "3"), grade("a", "2029", "4"), grade("b", "2030-01-02", "5"),
        ]
    ).grades  # fmt: skip
    assert [(one.entry, one.on, one.grade) for one in found.grades] == [
        (ref("a"), "2029", "4"),
        (ref("b"), "2030-01-02", "5"),
        (ref("c"), "2030-06", "3"),
    ]
    assert found.whole_numbers


@pytest.mark.parametrize(
    ("other", "series"),
    [
        ({"area": " Safety\t"}, 1),
        ({"area": "safety at home"}, 2),
        ({"child": ref("two")}, 2),
        ({"tool": "graded_care_profile_2"}, 2),
        ({"tool_name": "Second edition"}, 2),
    ],
)
def test_only_like_is_put_beside_like(other: dict[str, str], series: int) -> None:
    both = [grade("a", "2030-01-01", "4"), grade("b", "2030-02-01", "3", **other)]
    found = count(neglect_grades=both).grades
    assert len(found) == series
    assert found[0].area == "safety"


@pytest.mark.parametrize("words", ["borderline", "4+", "-1", "٣", "4 ", "1000"])
def test_of_words_no_scale_is_made(words: str) -> None:
    (found,) = count(neglect_grades=[grade("a", "2030", "4"), grade("b", "2031", words)]).grades
    assert not found.whole_numbers
    assert [one.grade for one in found.grades] == ["4", words]


def test_a_child_who_is_hidden_has_no_series() -> None:
    both = [grade("a", "2030", "4"), grade("b", "2030", "4", child=ref("two"))]
    found = count(hidden=("two",), neglect_grades=both).grades
    assert [one.child for one in found] == [ref("one")]
