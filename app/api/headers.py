"""Headers and numbers that would have two readings are refused."""

import re
from typing import Annotated, Any

from fastapi import Header, Request
from pydantic import BeforeValidator

from app.errors import Malformed

ONCE = (
    "Access-Purpose",
    "Authorization",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Handling-Labels",
    "Idempotency-Key",
    "Range",
    "Upload-Complete",
    "Upload-Offset",
    "Upload-Secret",
)
"""All that we read. Given twice, a proxy may go by the one and we by the other."""


def _digits(given: str) -> str:
    if not re.fullmatch("[0-9]{1,18}", given):
        raise ValueError("decimal digits only")
    return given


DIGITS = BeforeValidator(_digits)
"""A number in one spelling: not `1_0`, ` 1` or digits of other scripts, as Python would take."""


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Any text, new for each request: who lost the answer sends the request again "
        "under the same key, and gets what came of it. Remembered for 30 days.",
    ),
]


Range = Annotated[
    str, Header(alias="Range", description="One range of bytes; several give the whole.")
]
IfRange = Annotated[str, Header(description="An `ETag` that was given with it.")]

_COUNT = {"schema": {"type": "integer"}}
WITHHELD: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Withheld-Entries": {**_COUNT, "description": "Left out for their handling label."}
        }
    }
}
DISCLOSED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            **WITHHELD[200]["headers"],
            "Masked-Addresses": {**_COUNT, "description": "Protected addresses without a place."},
        }
    }
}
"""What is left out of words, for the API's description."""
AS_SENT: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            **DISCLOSED[200]["headers"],
            "Later-Statements": {**_COUNT, "description": "Supplements and corrections since."},
        }
    }
}


async def unambiguous(request: Request) -> None:
    """Raises Malformed `header-repeated`, `content-encoding`.

    A body counts as it comes: one that was compressed would be kept compressed, under the name and
    the digest of something that nobody can read.
    """
    for name in ONCE:
        if len(request.headers.getlist(name)) > 1:
            raise Malformed("header-repeated", f"Send the header {name} once")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Malformed("content-encoding", "Send the body as it is, without a Content-Encoding")


def check_media_type(request: Request, expected: str) -> None:
    """Nothing said is well said. Raises Malformed `content-type`."""
    said = request.headers.get("Content-Type", expected)
    if said.partition(";")[0].strip().lower() != expected:
        raise Malformed("content-type", f"Send this body as {expected}")
