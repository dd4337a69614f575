"""JSON Schemas of what this room reads, for everybody else's programs.

`python -m app.casefile.schemas [folder]` writes them (to `openapi/schemas` by default).
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from app.casefile.contents import CONTENTS
from app.casefile.model import CaseFile, Model

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BASE = "urn:case-handover:schema:"


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only repeat each field's name."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its file name. References between entries are checked beyond them."""
    models: dict[str, type[Model]] = {"casefile": CaseFile}
    models |= {f"content-{kind}": model for kind, model in CONTENTS.items()}
    return {f"{name}.json": _schema(name, model) for name, model in models.items()}


def _schema(name: str, model: type[Model]) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_Untitled)
    return {"$schema": _DIALECT, "$id": f"{_BASE}{name}:1", **schema}


def text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(folder: Path) -> None:
    """Write every schema into `folder`."""
    for name, schema in schemas().items():
        (folder / name).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "openapi/schemas"))
