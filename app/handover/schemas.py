"""JSON Schemas of statements, for everybody else's programs.

`python -m app.handover.schemas [folder]` writes them (to `openapi/schemas` by default): one for the
members that all payloads share, and one for each kind with its body. Absent members are left out
and never null. What a schema can't say, such as that `children` are in order, its models check.
"""

import json
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from app.handover.bodies import BODIES
from app.handover.bodies.base import Body
from app.handover.bodies.machine import Attested
from app.handover.statement import (
    VERSION,
    WITH_BUNDLE,
    WITHOUT_BUNDLE,
    WITHOUT_CHILDREN,
    Payload,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BASE = "urn:case-handover:schema:"

_PLACES: dict[str, Any] = {
    "if": {"properties": {"place": {"minimum": 2}}, "required": ["place"]},
    "then": {"required": ["prev"]},
    "else": {"properties": {"prev": False}},
}
"""`prev` goes with every place after the first."""


class _Present(GenerateJsonSchema):
    """Members are present with a value or left out: no nulls, no defaults, no repeated names."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def field_is_required(self, field: Any, total: bool) -> bool:
        """A member that has a value by default is always written."""
        inner = field["schema"]
        written = inner["type"] == "default" and inner.get("default") is not None
        return written or super().field_is_required(field, total)


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its file name; none refers to another."""
    found = {"statement.json": _named("statement", _shared())}
    for kind in BODIES:
        found[f"statement-{kind}.json"] = _named(f"statement-{kind}", _statement(kind))
    return found


def _named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, "$id": f"{_BASE}{name}:{VERSION}", **schema}


def _shared() -> dict[str, Any]:
    schema = Payload.model_json_schema(schema_generator=_Present)
    schema["properties"]["children"]["uniqueItems"] = True
    return {
        **schema,
        **_PLACES,
        "title": "Statement payload",
        "description": "The members that the payloads of all kinds of statements share.",
    }


def _statement(kind: str) -> dict[str, Any]:
    """The shared members, with the one body that goes with this kind."""
    schema = _shared()
    definitions = _bodies(kind)
    schema["properties"] |= {
        "v": {"const": VERSION},
        "kind": {"const": kind},
        "body": {"$ref": f"#/$defs/{BODIES[kind].__name__}"},
    }
    if kind in WITHOUT_BUNDLE:
        schema["properties"]["bundle"] = False
    if kind in WITHOUT_CHILDREN:
        schema["properties"]["children"] = False
    schema["required"] += [
        *(["handover"] if kind != "sync" else []),
        *(["children"] if kind not in WITHOUT_CHILDREN else []),
        *(["bundle"] if kind in WITH_BUNDLE else []),
    ]
    return {
        **schema,
        "title": f"Statement: {kind}",
        "description": definitions[BODIES[kind].__name__]["description"],
        "$defs": {**schema["$defs"], **definitions},
    }


def _bodies(kind: str) -> dict[str, Any]:
    """The definitions of the body of a kind; what is attested is a body of one of its kinds."""
    said = get_args(Attested.model_fields["says"].annotation) if kind == "attested" else ()
    models: list[type[Body]] = [BODIES[kind], *(BODIES[one] for one in said)]
    _, schema = models_json_schema(
        [(model, "validation") for model in models], schema_generator=_Present
    )
    definitions: dict[str, Any] = schema["$defs"]
    if said:
        definitions["Attested"]["allOf"] = [_says(one) for one in said]
    return definitions


def _says(kind: str) -> dict[str, Any]:
    return {
        "if": {"properties": {"says": {"const": kind}}},
        "then": {"properties": {"body": {"$ref": f"#/$defs/{BODIES[kind].__name__}"}}},
    }


def text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(folder: Path) -> None:
    """Write every schema into `folder`."""
    for name, schema in schemas().items():
        (folder / name).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "openapi/schemas"))
