"""What doors may take in: strict JSON, and nothing that reads two ways."""

from typing import Any

from app.crypto import strictjson
from app.errors import Malformed


def json_object(data: bytes, limit: int) -> dict[str, Any]:
    """The JSON object in a request's body. Raises Malformed (`json-...`) and TooLarge."""
    value = strictjson.parse(data, limit=limit)
    if not isinstance(value, dict):
        raise Malformed("json-object", "Send a JSON object")
    return value
