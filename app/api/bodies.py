"""Request bodies: bounded in size and time, strict JSON, and described in OpenAPI.

FastAPI reads JSON with duplicate keys, NaN and any size; so bodies are read here instead.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import anyio
from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.api.headers import check_media_type
from app.errors import Malformed, TooLarge, Unavailable
from app.flows.intake import json_object

PATIENCE = 30.0
"""Seconds without a byte after which a request is given up."""
PACE = 16 * 1024
"""Bytes a second: a body of bounded size that comes slower on the whole is given up as well."""
LIMIT = 2**20
CASE_FILE_LIMIT = 33 * 2**20

Model = TypeVar("Model", bound=BaseModel)


async def pieces(request: Request, limit: int | None = None) -> AsyncIterator[bytes]:
    """The body as it arrives. One of at most `limit` bytes has a time in which all of it must come,
    so that nobody holds memory by dripping. Raises Unavailable (`body-too-slow`)."""
    stream = request.stream()
    end = anyio.current_time() + PATIENCE + limit / PACE if limit is not None else math.inf
    while True:
        try:
            with anyio.fail_after(min(PATIENCE, end - anyio.current_time())):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Unavailable("body-too-slow", "The request came too slowly: try again") from None
        yield piece


async def whole(request: Request, limit: int) -> bytes:
    """The whole body, of at most `limit` bytes; of a longer one, none is read where its length
    is announced. Raises TooLarge (`body-too-large`)."""
    too_large = TooLarge("body-too-large", f"Send at most {limit} bytes here")
    announced = request.headers.get("Content-Length", "0")
    if len(announced) > 15 or (announced.isdecimal() and int(announced) > limit):
        raise too_large
    body = bytearray()
    async for piece in pieces(request, limit):
        body += piece
        if len(body) > limit:
            raise too_large
    return bytes(body)


def json_body(model: type[Model], limit: int = LIMIT) -> Callable[[Request], Awaitable[Model]]:
    """A dependency that gives the body as a `model`. No body is an empty object."""

    def parsed(data: bytes) -> Model:
        value = json_object(data or b"{}", limit)
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise _invalid(error) from None

    async def dependency(request: Request) -> Model:
        check_media_type(request, "application/json")
        # in a thread: a large case file takes a while, and others wait
        return await anyio.to_thread.run_sync(parsed, await whole(request, limit))

    return dependency


def described(model: type[BaseModel]) -> dict[str, Any]:
    """For `openapi_extra`: this endpoint takes that model as JSON."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _invalid(error: ValidationError) -> Malformed:
    """Where it is wrong. The name of a member that we don't know is the caller's own text, so only
    the place around it is named."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    return Malformed(
        "request-invalid",
        "The request is not of the form in the API's description",
        pointer="".join(f"/{part}" for part in where),
    )
