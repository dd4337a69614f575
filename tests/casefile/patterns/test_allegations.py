"""Who told of two or more different things, by tables made by hand."""

from typing import Any

from tests.casefile.patterns.counting import count, happened, refs
from tests.casefile.samples import child, concern, ref

AUNT = {"id": ref("aunt"), "names": [{"kind": "legal", "full": "Invented Aunt"}]}


def told(name: str, on: str, who: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return concern(name, raised_at=on, raised_by=who, **fields)


def rows(**sections: Any) -> list[Any]:
    found = count(people=[AUNT], **sections).allegations
    return [(one.person, one.name, [(said.on, said.entries) for said in one.said]) for one in found]


def test_the_same_person_about_different_things() -> None:
    aunt = {"person": ref("aunt")}
    assert rows(
        concerns=[
            told("second", "2030-06-01", aunt),
            told("first", "2030-05-01", aunt),
            told("other", "2030-05-02", {"name": "Invented Neighbour"}),
        ]
    ) == [
        (
            ref("aunt"),
            "Invented Aunt",
            [("2030-05-01", refs("first")), ("2030-06-01", refs("second"))],
        )
    ]


def test_an_event_and_the_concern_that_rests_on_it_are_one_thing() -> None:
    aunt = {"person": ref("aunt")}
    event = happened("event", "2030-05-01", "allegation", source=aunt)
    once = told("concern", "2030-05-02", aunt, events=[ref("event")])
    assert rows(chronology=[event], concerns=[once]) == []
    other = told("concern", "2030-05-02", aunt)
    assert len(rows(chronology=[event], concerns=[other])) == 1
    named = {**event, "concern": ref("concern")}
    assert rows(chronology=[named], concerns=[other]) == []


def test_two_concerns_of_one_event_are_one_thing_also_in_a_corrected_form() -> None:
    aunt = {"person": ref("aunt")}
    events = [
        happened("old", "2030-05-01"),
        happened("new", "2030-05-01", supersedes=[ref("old")]),
    ]
    first = told("first", "2030-05-02", aunt, events=[ref("old")])
    second = told("second", "2030-05-03", aunt, events=[ref("new")])
    assert rows(chronology=events, concerns=[first, second]) == []


def test_what_a_child_is_recorded_to_have_said_is_the_childs_own_telling() -> None:
    said = {"child": ref("one"), "said": "'Invented.'"}
    event = happened("event", "2030-05-01", "disclosure", seen=[said, said])
    alleged = concern("concern", when={"start": "2030-06"}, spoken_to=[said])
    names = [{"kind": "legal", "full": "Ann Invented", "given": "Ann", "end": "2029"},
             {"kind": "known_as", "full": "Annie Invented", "given": "Annie"}]  # fmt: skip
    children = [child("one", names=names)]
    assert rows(children=children, chronology=[event], concerns=[alleged]) == [
        (ref("one"), "Annie", [("2030-05-01", refs("event")), ("2030-06", refs("concern"))])
    ]
    seen = {"child": ref("one"), "seen": True}
    quiet = [concern("concern", spoken_to=[seen])]
    assert rows(children=children, chronology=[event], concerns=quiet) == []
    reported = [{**alleged, "kind": "report_by_other"}]
    assert rows(children=children, chronology=[event], concerns=reported) == []


def test_people_in_words_are_the_same_where_all_that_is_written_is() -> None:
    teacher = {"name": "Invented Teacher", "role": "Teacher", "agency": "school"}
    same = [told("a", "2030-05-01", teacher), told("b", "2030-05-02", teacher)]
    assert [row[:2] for row in rows(concerns=same)] == [(None, "Invented Teacher")]
    other = {**teacher, "agency": "nursery"}
    assert rows(concerns=[same[0], told("b", "2030-05-02", other)]) == []
    nobody = {"role": "Teacher", "agency": "school"}
    assert rows(concerns=[told("a", "2030-05-01", nobody), told("b", "2030-05-02", nobody)]) == []


def test_who_is_hidden_has_no_name() -> None:
    aunt = {"person": ref("aunt")}
    concerns = [told("a", "2030-05-01", aunt), told("b", "2030-05-02", aunt)]
    (found,) = count(hidden=("aunt",), people=[AUNT], concerns=concerns).allegations
    assert (found.person, found.name) == (ref("aunt"), None)
    assert count(hidden=("a",), people=[AUNT], concerns=concerns).allegations == ()
