"""The API's description is the one that is kept, and describes what is there."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.api import openapi
from app.api.app import doors
from tests.api.conftest import Standing

DOCUMENT = doors().openapi()


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": about
        for path, methods in DOCUMENT["paths"].items()
        for method, about in methods.items()
    }


def test_the_kept_description_is_of_this_version() -> None:
    kept = openapi.FILE.read_text(encoding="utf-8")
    assert kept == openapi.text(), "write it again: python -m app.api.openapi"


def test_every_reference_leads_somewhere() -> None:
    wanted = {node["$ref"] for node in nodes(DOCUMENT) if isinstance(node.get("$ref"), str)}
    there = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert wanted <= there
    assert not there - wanted, "described and never used"


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_errors_are_problems_and_nothing_of_the_frameworks_own() -> None:
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]
    for name, about in operations().items():
        assert {"4XX", "5XX"} <= set(about["responses"]), name
        assert "422" not in about["responses"], name
        for status in ("4XX", "5XX"):
            assert list(about["responses"][status]["content"]) == ["application/problem+json"]


def test_operations_have_names_of_their_own_and_say_what_they_do() -> None:
    names = [about["operationId"] for about in operations().values()]
    assert len(set(names)) == len(names)
    assert all(about["description"] for about in operations().values())


def test_our_api_asks_for_a_bearer_token() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    (bearer,) = [name for name, one in schemes.items() if one["scheme"] == "bearer"]
    for name, about in operations().items():
        ours = name.split(" ")[1].startswith(("/v1/", "/metrics"))
        assert about.get("security", []) == ([{bearer: []}] if ours else []), name


BODILESS = ("/retry", "/readiness", "}/drafts")
"""They ask for something to be done, and send nothing."""


def test_whatever_sends_says_what_it_takes() -> None:
    for name, about in operations().items():
        sends = name.split(" ")[0] in ("POST", "PUT", "PATCH") and not name.endswith(BODILESS)
        assert ("requestBody" in about) is sends, name


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(standing: Standing, path: str) -> None:
    assert standing.sending.desk(None).get(path).status_code == 404


def test_the_service_gives_its_description(standing: Standing) -> None:
    assert standing.sending.desk(None).get("/openapi.json").json() == DOCUMENT
