"""The published JSON Schemas: what they say, and that they are this version's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.casefile.schemas import schemas, text
from tests.casefile.samples import case, child, concern

SCHEMAS = schemas()
PUBLISHED = Path(__file__).parents[2] / "openapi" / "schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_this_version_s(name: str) -> None:
    assert (PUBLISHED / name).read_text(encoding="utf-8") == text(SCHEMAS[name]), (
        "The form has changed. Where that is meant: python -m app.casefile.schemas"
    )


def test_nothing_else_is_published_as_ours() -> None:
    ours = {path.name for path in PUBLISHED.glob("content-*.json")} | {"casefile.json"}
    assert ours == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_of_their_dialect_and_close_every_object(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    for definition in (schema, *schema.get("$defs", {}).values()):
        if definition.get("type") == "object":
            assert definition["additionalProperties"] is False


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    bare = [where for where, field in _fields(SCHEMAS[name]) if not field.get("description")]
    assert bare == []


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for title, definition in (("", schema), *schema.get("$defs", {}).items()):
        for field, described in definition.get("properties", {}).items():
            yield f"{title}.{field}", described


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        (case(), True),
        (case(concerns=[concern(when={"start": "2019-03"})]), True),
        (case(children=[]), False),
        (case(v=2), False),
        (case(unknown=1), False),
        (case(children=[child(id="a")]), False),
        (case(children=[child(born_on="2019-1")]), False),
        (case(children=[child(voice="a\0b")]), False),
    ],
)
def test_the_schema_agrees_with_the_reader(value: dict[str, Any], valid: bool) -> None:
    validator = Draft202012Validator(SCHEMAS["casefile.json"])
    assert validator.is_valid(json.loads(json.dumps(value))) is valid
