"""Every endpoint, from the API's own description: a new one is in the tables at once."""

from dataclasses import dataclass

from app.api.app import doors


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    secured: bool
    takes: str | None
    """Media type of the body."""


def _operations() -> list[Operation]:
    found = []
    for path, methods in doors().openapi()["paths"].items():
        for method, about in methods.items():
            content = about.get("requestBody", {}).get("content", {})
            takes = next(iter(content), None)
            name, secured = about["operationId"], "security" in about
            found.append(Operation(name, method.upper(), path, secured, takes))
    return found


OPERATIONS = {operation.name: operation for operation in _operations()}
SECURED = [name for name, one in OPERATIONS.items() if one.secured]
TAKE_JSON = [name for name, one in OPERATIONS.items() if one.takes == "application/json"]
TAKE_STATEMENT = [name for name, one in OPERATIONS.items() if "jws" in (one.takes or "")]
