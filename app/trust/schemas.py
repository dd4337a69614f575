"""JSON Schemas of the documents of trust, for everybody else's programs.

`python -m app.trust.schemas [folder]` writes them (to `openapi/schemas` by default).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.trust.authority import Authority
from app.trust.directory import DirectoryDocument, Roots

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its file name."""
    models: dict[str, type[BaseModel]] = {
        "card": Authority,
        "directory": DirectoryDocument,
        "roots": Roots,
    }
    return {f"{name}.json": named(name, model) for name, model in models.items()}


def named(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema under its name."""
    schema = model.model_json_schema(mode="validation")
    return {"$schema": _DIALECT, "$id": f"urn:case-handover:schema:{name}:1", **schema}


def write(folder: Path, found: Mapping[str, dict[str, Any]]) -> None:
    """Each schema into its file."""
    for name, schema in found.items():
        (folder / name).write_text(text(schema), encoding="utf-8")


def text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "openapi/schemas"), schemas())
