"""One range of bytes of a download (RFC 9110, section 14)."""

import re

from app.errors import Malformed

_ONE_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))", re.I)


def etag(sha256: str) -> str:
    """A strong validator: the digest of the very bytes."""
    return f'"{sha256}"'


def wanted(header: str, if_range: str, tag: str, size: int) -> tuple[int, int] | None:
    """Start and stop of the part that `Range` asks for; None for the whole.

    The whole is the answer to several ranges, to what is not of the form, and where `if_range` is
    given and is not `tag`. Raises Malformed (`range-not-satisfiable`).
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or (if_range and if_range.strip() != tag):
        return None
    first, last, suffix = (None if one is None else int(one) for one in found.groups())
    if first is None:
        start, stop = size - min(suffix or 0, size), size
        if suffix and not size:
            return None
    else:
        start, stop = first, size if last is None else min(last + 1, size)
        if last is not None and last < first:
            return None
    if start >= size:
        raise Malformed("range-not-satisfiable", "The document ends before this range begins")
    return start, stop
