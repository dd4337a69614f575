"""The API's description (OpenAPI 3.1). `python -m app.api.openapi` writes openapi/openapi.json."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from app.api import shapes
from app.api.shapes import people, preparing

FILE = Path(__file__).parents[2] / "openapi" / "openapi.json"
_REFERENCE = "#/components/schemas/{model}"


class Problem(BaseModel):
    """RFC 9457."""

    type: str = Field(description="`urn:case-handover:<code>`; codes are stable.")
    title: str
    status: int
    detail: str
    retryable: bool
    pointer: str | None = None
    ids: list[str] | None = None
    refusal: str | None = None


_BY_REFERENCE = (
    preparing.NewDraft,
    preparing.NewCaseFile,
    preparing.NotificationIn,
    preparing.DispatchIn,
    shapes.SayIn,
    shapes.SupplementIn,
    shapes.AnswersIn,
    people.NewGrant,
    people.NewRestriction,
    Problem,
)
"""Models that the routes name by reference only, because FastAPI does not read them: bodies.py."""

PROBLEM = {
    "description": "A problem document (RFC 9457).",
    "content": {
        "application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}
    },
}


def operation_id(route: APIRoute) -> str:
    """A name that stays when paths change: `drafts_create`."""
    return f"{route.tags[0]}_{route.name}"


class Described(FastAPI):
    """FastAPI, with the bodies that we read ourselves among its components."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _, models = models_json_schema(
                [(model, "validation") for model in _BY_REFERENCE], ref_template=_REFERENCE
            )
            schemas = document["components"]["schemas"] | models["$defs"]
            document["components"]["schemas"] = dict(sorted(schemas.items()))
        return self.openapi_schema or {}


def text() -> str:
    """The file's content."""
    from app.api.app import doors  # it is built from the class above

    return json.dumps(doors().openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
