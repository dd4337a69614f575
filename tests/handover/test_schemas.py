"""The published JSON Schemas: that they are this version's, and take what the models take."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.errors import Malformed
from app.handover.bodies import BODIES
from app.handover.schemas import main, schemas, text
from app.handover.statement import WITHOUT_CHILDREN, reopen
from tests.handover import make
from tests.handover.test_bodies import ATTESTED

SCHEMAS = schemas()
PUBLISHED = Path(__file__).parents[2] / "openapi" / "schemas"


def good(kind: str) -> dict[str, Any]:
    """With two children, where it is of any."""
    value = make.value(kind)
    if "children" in value and kind != "acceptance":
        value["children"] = [make.ASH, make.BIRCH]
    return value


def takes(kind: str, payload: dict[str, Any]) -> bool:
    schema = Draft202012Validator(SCHEMAS[f"statement-{kind}.json"])
    return bool(schema.is_valid(payload))


def model_takes(payload: dict[str, Any]) -> bool:
    try:
        reopen(make.wire(payload))
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_this_versions(name: str) -> None:
    assert (PUBLISHED / name).read_text(encoding="utf-8") == text(SCHEMAS[name]), (
        "The form has changed. Where that is meant: python -m app.handover.schemas"
    )


def test_there_is_one_for_every_kind_and_no_other(tmp_path: Path) -> None:
    expected = {"statement.json", *(f"statement-{kind}.json" for kind in BODIES)}
    assert {path.name for path in PUBLISHED.glob("statement*.json")} == expected
    main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == expected


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    yield from schema.get("$defs", {}).values()


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_of_their_dialect_closed_and_described(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    for one in objects(SCHEMAS[name]):
        assert one["type"] == "object"
        assert one["additionalProperties"] is False
        assert one["title"]
    assert SCHEMAS[name]["description"]
    assert SCHEMAS[name]["$id"] == f"urn:case-handover:schema:{name.removesuffix('.json')}:1"


def test_nothing_may_be_null_and_nothing_has_a_default() -> None:
    for schema in SCHEMAS.values():
        assert '"null"' not in text(schema)
        assert '"default"' not in text(schema)


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_each_takes_its_own_kind_and_no_other(kind: str) -> None:
    shared = Draft202012Validator(SCHEMAS["statement.json"])
    for other in BODIES:
        assert shared.is_valid(good(other))
        assert ("children" in good(other)) == (other not in WITHOUT_CHILDREN)
        assert takes(kind, good(other)) == (kind == other)


CHANGES: list[dict[str, Any]] = [
    {"handover": None},
    {"children": None},
    {"children": []},
    {"children": [make.ASH, make.ASH]},
    {"children": [make.ASH]},
    {"bundle": None},
    {"bundle": good("query")["bundle"]},
    {"bundle": {}},
    {"place": 1},
    {"place": 0},
    {"place": 2},
    {"place": 2, "prev": make.digest("x")},
    {"place": 1, "prev": make.digest("x")},
    {"prev": make.digest("x")},
    {"seen": make.digest("x")},
    {"seen": "x"},
    {"from": "somebody"},
    {"at": "2026-03-02"},
    {"effective": "2026-03-02"},
    {"effective": "soon"},
    {"words": "more"},
    {"body": {}},
    {"body": {"words": "more"}},
]


@pytest.mark.parametrize("kind", sorted(BODIES))
@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_schema_and_model_agree(kind: str, changes: dict[str, Any]) -> None:
    payload = {name: one for name, one in {**good(kind), **changes}.items() if one is not None}
    assert takes(kind, payload) == model_takes(payload)


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_schema_and_model_agree_on_which_members_a_body_needs(kind: str) -> None:
    for name in make.BODIES[kind]:
        payload = copy.deepcopy(good(kind))
        del payload["body"][name]
        assert takes(kind, payload) == model_takes(payload), name


def test_a_timetable_says_its_version() -> None:
    payload = copy.deepcopy(good("notification"))
    del payload["body"]["timetable"]["v"]
    assert not takes("notification", payload)
    assert not model_takes(payload)


@pytest.mark.parametrize("says", ATTESTED)
def test_what_was_told_is_held_to_its_own_form(says: str) -> None:
    payload = good("attested")
    payload["body"] = {**make.BODIES["attested"], "says": says, "body": make.BODIES[says]}
    assert takes("attested", payload)
    payload["body"]["body"] = {**make.BODIES[says], "words": "more"}
    assert not takes("attested", payload)
