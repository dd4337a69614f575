"""Each role round a family: who leaves it, who follows, who was told, and where nobody is."""

from datetime import date
from typing import Any

import pytest

from app.casefile.model import parse_case_file
from app.casefile.network import Contact, Role, network
from tests.casefile.samples import case, child, ref

TODAY = date(2031, 3, 3)
BABY = child("baby", born_on="2029-05-01")
PUPIL = child("pupil", born_on="2022")
STAYS = child("stays", scope="information_only", born_on="2022")
NURSE = {
    "id": ref("nurse"), "name": "Invented Nurse", "role": "Health visitor",
    "agency": "health_visiting", "phone": "01632 960001", "children": [ref("baby")],
}  # fmt: skip
CLINIC = {
    "id": ref("clinic"), "agency": "substance_misuse", "name": "Invented clinic",
    "status": "current",
}  # fmt: skip
PRACTICE = {"id": ref("gp"), "person": ref("baby"), "kind": "gp", "name": "Invented practice"}


def mapped(children: Any = (BABY, PUPIL), **sections: Any) -> dict[tuple[str | None, str], Role]:
    """By child, named as above, and role."""
    names = {ref(name): name for name in ("baby", "pupil", "stays", "child", "other")}
    found = network(parse_case_file(case(children=list(children), **sections)), TODAY)
    return {(names.get(one.child or ""), one.role): one for one in found}


def test_what_a_child_of_that_age_has_and_nobody_fills_is_empty() -> None:
    found = mapped()
    assert list(found) == [
        ("baby", "gp"), ("baby", "health_visiting"), ("pupil", "gp"), ("pupil", "school")
    ]  # fmt: skip
    assert {(one.state, one.expected, one.links) for one in found.values()} == {("empty", True, ())}


@pytest.mark.parametrize(
    ("born_on", "roles"),
    [
        ("2026-03-04", {"gp", "health_visiting"}),
        ("2026-03-03", {"gp", "school"}),
        ("2015-03-04", {"gp", "school"}),
        ("2015-03-03", {"gp"}),
        (None, {"gp"}),
    ],
)
def test_which_roles_a_child_has_by_age(born_on: str | None, roles: set[str]) -> None:
    born = {"born_on": born_on} if born_on else {}
    assert {role for _, role in mapped([child("child", **born)])} == roles


def test_an_unborn_child_has_a_midwife_and_one_who_died_nobody() -> None:
    unborn, died = child("child", status="unborn"), child("other", status="died")
    assert set(mapped([unborn, died])) == {("child", "midwifery")}


def test_who_fills_a_role_for_all_the_children_fills_it_for_each() -> None:
    for_all = {**NURSE, "children": [], "agency": "gp"}
    found = mapped(professionals=[for_all])
    assert {of for of in found if of[1] == "gp"} == {(None, "gp")}
    at_home = {**BABY, "lives_with": [ref("mum")]}
    mum = {"id": ref("mum")}
    hers = {**PRACTICE, "person": ref("mum")}
    found = mapped([at_home, PUPIL], people=[mum], registrations=[hers])
    assert {of for of in found if of[1] == "gp"} == {(None, "gp"), ("pupil", "gp")}


def test_what_is_of_children_who_stay_or_is_over_is_no_role_left_behind() -> None:
    others = {"children": [ref("stays")]}
    found = mapped(
        [child("child"), STAYS],
        professionals=[{**NURSE, **others}, {**NURSE, "id": ref("x"), "children": [],
                       "involvement": "former"}],
        services=[{**CLINIC, "status": "ended"}, {**CLINIC, "id": ref("y"), "status": "declined"}],
        registrations=[{**PRACTICE, "person": ref("stays")},
                       {**PRACTICE, "id": ref("z"), "person": ref("child"), "status": "former"}],
    )  # fmt: skip
    assert set(found) == {("child", "gp")}
    assert found["child", "gp"].state == "empty"


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "nobody_yet"),
        ({"after_move": "needs_successor"}, "nobody_yet"),
        ({"after_move": "continues"}, "continues"),
        ({"after_move": "ends"}, "ends"),
        ({"after_move": "needs_successor", "successor": {"name": "Invented"}}, "successor_named"),
    ],
)
def test_what_becomes_of_a_role(more: dict[str, Any], state: str) -> None:
    one = mapped(professionals=[{**NURSE, **more}])["baby", "health_visiting"]
    assert (one.state, one.expected, one.told) == (state, True, False)
    assert one.links[0].who == Contact("Invented Nurse", "Health visitor", None, "01632 960001")


def test_who_comes_in_the_new_area_is_named() -> None:
    follows = {"id": ref("next"), "role": "Health visitor", "agency": "health_visiting",
               "name": "Another", "involvement": "expected", "children": [ref("baby")]}  # fmt: skip
    asked = {**PRACTICE, "status": "applied_for"}
    waits = {**CLINIC, "id": ref("waits"), "status": "waiting_list"}
    found = mapped(
        professionals=[{**NURSE, "contacted": {"on": "2031"}}, follows],
        registrations=[asked], services=[CLINIC, waits],
    )  # fmt: skip
    one = found["baby", "health_visiting"]
    assert (one.state, one.told, [link.follows for link in one.links]) == (
        "successor_named", True, [False, True]
    )  # fmt: skip
    assert (found["baby", "gp"].state, found["baby", "gp"].told) == ("successor_named", None)
    assert (found[None, "substance_misuse"].state, found[None, "substance_misuse"].told) == (
        "successor_named", False
    )  # fmt: skip


def test_a_successor_who_is_one_of_the_file_s_people_has_their_name_and_telephone() -> None:
    follows = {"id": ref("next"), "role": "Health visitor", "agency": "health_visiting",
               "name": "Another", "phone": "01632 960002", "involvement": "expected"}  # fmt: skip
    nurse = {**NURSE, "successor": {"person": ref("next")}}
    one = mapped(professionals=[nurse, follows])["baby", "health_visiting"]
    assert one.links[0].successor == Contact("Another", "Health visitor", None, "01632 960002")


def test_of_what_is_withheld_only_the_role_is_told() -> None:
    """It is not empty, which would be wrong; nobody is named, as somebody's successor either."""
    follows = {"id": ref("next"), "role": "Nurse", "agency": "hospital", "name": "Another"}
    nurse = {**NURSE, "successor": {"person": ref("next")}}
    file = parse_case_file(case(children=[BABY], professionals=[nurse, follows],
                                services=[CLINIC], registrations=[PRACTICE]))  # fmt: skip
    hidden = network(file, TODAY, frozenset({ref("next"), ref("clinic"), ref("gp")}))
    of = {one.role: one for one in hidden}
    assert [of[role].links[0].who for role in ("hospital", "substance_misuse", "gp")] == [None] * 3
    assert of["gp"].state == "nobody_yet"
    assert of["health_visiting"].links[0].successor == Contact()
    everything = network(file, TODAY, frozenset({ref("nurse")}))
    assert next(one for one in everything if one.role == "health_visiting").links[0].who is None
