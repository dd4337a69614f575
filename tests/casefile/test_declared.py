"""What is missing when a case is sent travels with it, put together so that it can be answered."""

from dataclasses import replace
from typing import Any

import pytest

from app.casefile.declared import (
    LONGEST,
    MOST_ASKED,
    declare,
    telling,
    with_declared,
    without_declared,
)
from app.casefile.model import parse_case_file
from app.casefile.readiness import Missing
from tests.casefile.samples import case, ref

HIGH = Missing(
    "invented-check", "Something is missing.", "/outcomes/0/risk", "outcomes", ref("outcome"),
    "risk", "What could happen?", "risks-and-consequences", "high", None,
)  # fmt: skip
SECRET = b"of this handover"


def asked(*missing: Missing, room: int = 400) -> list[tuple[str, str | None, bool]]:
    return [(one.code, one.child, one.asked) for one in declare(missing, SECRET, room)]


def test_one_for_each_check_and_child_the_most_serious_first() -> None:
    low, medium = replace(HIGH, seriousness="low", code="l"), replace(HIGH, seriousness="medium")
    medium = replace(medium, code="m")
    of_one = replace(HIGH, child=ref("child"))
    found = asked(low, medium, HIGH, of_one, replace(HIGH, where="/outcomes/1/risk"))
    assert found == [
        ("invented-check", None, True), ("invented-check", ref("child"), True),
        ("m", None, True), ("l", None, False),
    ]  # fmt: skip
    both, *_ = declare([HIGH, replace(HIGH, where="/outcomes/1/risk")], SECRET, 400)
    assert both.where == ("/outcomes/0/risk", "/outcomes/1/risk")


@pytest.mark.parametrize(("room", "most"), [(3, 3), (0, 0), (-5, 0), (400, MOST_ASKED)])
def test_a_gap_takes_no_place_that_there_is_not(room: int, most: int) -> None:
    many = [replace(HIGH, code=f"check-{number}") for number in range(150)]
    found = asked(*many, room=room)
    assert len(found) == 150, "all are told"
    assert [one for _, _, one in found] == [True] * most + [False] * (150 - most)


def test_its_id_is_the_same_again_and_tells_nobody_what_is_missing() -> None:
    (one,), (again,) = declare([HIGH], SECRET, 9), declare([replace(HIGH, where="/x")], SECRET, 9)
    assert one.id == again.id
    others = [
        declare([replace(HIGH, code="other")], SECRET, 9),
        declare([replace(HIGH, child=ref("child"))], SECRET, 9),
        declare([HIGH], b"of another", 9),
    ]
    assert len({one.id, *(other[0].id for other in others)}) == 4


def test_the_case_file_is_sent_unchanged_beside_them() -> None:
    value: dict[str, Any] = case(declared=[{"of an earlier move": 1}])
    plain = parse_case_file(case())
    assert with_declared(value, plain) == case()
    declared = declare([HIGH], SECRET, 9)
    sent = with_declared(value, plain.model_copy(update={"declared": declared}))
    assert parse_case_file(sent).declared == declared
    assert without_declared(sent) == case()
    assert without_declared([]) == []


def said(words: Any, *where: str, withheld: frozenset[str] = frozenset()) -> str | None:
    (gap,) = declare([replace(HIGH, where=one) for one in where], SECRET, 400)
    told = telling(words, gap, withheld)
    return told.what if told else None


def test_a_gap_is_told_with_the_words_of_what_it_is_about() -> None:
    earlier = {"id": ref("earlier"), "what": "Late.", "open_items": [{"what": "Nobody asked her."}]}
    words = {
        "earlier_handovers": [earlier],
        "outcomes": [{"id": ref(f"{one}"), "what": one * 300} for one in "abcd"],
        "people": [{"id": ref("person"), "what": "Not quoted."}],
    }
    asking = "Something is missing."
    became = "/earlier_handovers/0/open_items/0/became"
    assert said(words, became) == f"{asking} “Nobody asked her.”"
    assert said(words, "/earlier_handovers/0") == f"{asking} “Late.”"
    assert said(words, became, withheld=frozenset({ref("earlier")})) is None
    some = [f"/outcomes/{place}/risk" for place in range(4)]
    told = said(words, *some, withheld=frozenset({ref("a")}))
    assert told == " ".join([asking, *(f"“{one * LONGEST}...”" for one in "bcd")])


@pytest.mark.parametrize(
    "where", ["/outcomes", "/outcomes/9", "/outcomes/x/risk", "/people/0/risks", "/concerns/0", "x"]
)
def test_what_has_no_words_of_its_own_is_told_without_any(where: str) -> None:
    words = {"people": [{"id": ref("person"), "what": "Not quoted."}], "outcomes": []}
    assert said(words, where) == "Something is missing."
