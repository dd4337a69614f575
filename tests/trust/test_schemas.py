"""The published JSON Schemas of trust and of the manifest: this version's, and true."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.bundle import schemas as bundle_schemas
from app.bundle.admit import open_manifest
from app.trust import forms
from app.trust import schemas as trust_schemas
from tests.bundle import samples
from tests.trust import making

PUBLISHED = Path(__file__).parents[2] / "openapi" / "schemas"
SCHEMAS = {**trust_schemas.schemas(), **bundle_schemas.schemas()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_this_versions(name: str) -> None:
    """Write them anew: `python -m app.trust.schemas; python -m app.bundle.schemas`."""
    assert (PUBLISHED / name).read_text(encoding="utf-8") == trust_schemas.text(SCHEMAS[name])


def valid(name: str, value: object) -> bool:
    return bool(Draft202012Validator(SCHEMAS[name]).is_valid(value))


def test_documents_are_of_their_schemas() -> None:
    authority = forms.value(making.authority())
    document = forms.value(making.document(making.authority()))
    assert valid("card.json", authority)
    assert valid("directory.json", document)
    assert not valid("card.json", {**authority, "more": 1})
    assert not valid("directory.json", {**document, "version": 0})


def test_a_manifest_is_of_its_schema() -> None:
    file, announced = samples.sealed(b"Fictional minutes")
    manifest = open_manifest(samples.read_at(file), announced, [samples.RECEIVER])
    value: dict[str, Any] = json.loads(manifest.data())
    assert valid("manifest.json", value)
    value["members"][0]["name"] = "not for content.json"
    assert not valid("manifest.json", value)
