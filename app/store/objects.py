"""Segments as objects of S3, Azure Blob Storage or Google Cloud Storage, through obstore.

All three answer a write when it is durable, list what was written before, and put "if absent"
atomically (S3 `If-None-Match: *`), which is what our racing appenders rely on. Some servers that
look like S3 write over instead: that is tried before the first segment is put.

Credentials come from the environment or the machine's identity, as obstore takes them, and from
nowhere else. Its errors quote URLs: of each only the meaning is kept.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import AzureStore, GCSStore, S3Store

from app.errors import Conflict, Malformed, NotFound, Unavailable
from app.store.segments import Segment, name_of

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_URL = re.compile(r"(s3|az|gs)://([A-Za-z0-9][A-Za-z0-9._-]{1,254})((?:/[A-Za-z0-9_-]+)*)/?")
_S3_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_UPLOADS = "uploads"
_KEY = re.compile(r"uploads/([^/]+)/([0-9]{20})")
_PROBE, _CLOCK = "probe", "clock"

_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
_CLIENT: "ClientConfig" = {
    "allow_invalid_certificates": False,
    "connect_timeout": "5s",
    "timeout": "60s",
}

Bucket = S3Store | AzureStore | GCSStore
_KINDS: dict[str, type[S3Store] | type[AzureStore] | type[GCSStore]]
_KINDS = {"s3": S3Store, "az": AzureStore, "gs": GCSStore}


def open_bucket(url: str, environment: Mapping[str, str] = os.environ) -> Bucket:
    """The place that `s3://bucket/prefix`, `az://container/prefix` or `gs://bucket/prefix` names.

    Plain HTTP goes to an S3 server on this machine only. Raises Malformed (`blobs-url`).
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise Malformed(
            "blobs-url",
            "Name a folder, s3://bucket/prefix, az://container/prefix or gs://bucket/prefix.",
        )
    scheme, bucket, prefix = found[1], found[2], found[3].strip("/") or None
    client: ClientConfig = {**_CLIENT, "allow_http": scheme == "s3" and _is_here(environment)}
    try:
        return _KINDS[scheme](bucket, prefix=prefix, client_options=client, retry_config=_RETRIES)
    except (BaseError, ValueError):
        pass
    raise Malformed(
        "blobs-url", "What the environment says of the object store is wrong or not enough."
    )


def _is_here(environment: Mapping[str, str]) -> bool:
    """Whether every S3 endpoint that the environment names is on the loopback."""
    hosts = [urlsplit(environment[name]).hostname for name in _S3_ENDPOINTS if name in environment]
    return bool(hosts) and all(map(_is_loopback, hosts))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


class ObjectSegments:
    """`{prefix}/uploads/{id}/{offset:020d}`."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._proven = False

    def put(self, blob: str, offset: int, data: bytes) -> None:
        if not self._proven:
            self.check()
        key = _key(blob, offset)
        # After a lost answer the request is made again, and then our own object is in the way.
        if not self._create(key, data) and self._get(key) != data:
            raise Conflict(
                "blob-offset", "Another upload has come first: ask for the blob's length."
            )

    def sizes(self, blob: str) -> dict[int, int]:
        return {one.offset: one.size for one in self._list(f"{_UPLOADS}/{blob}")}

    def settle(self, blob: str) -> None:
        """Nothing to do: what is listed is durable."""

    def open(self, segment: Segment) -> "_OpenObject":
        return _OpenObject(self._bucket, segment)

    def delete(self, blob: str) -> None:
        """The beginning first, and then all that is listed: cut in between, there is no blob any
        more, and what is left of it goes as lost."""
        keys = [_key(blob, offset) for offset in sorted(self.sizes(blob))]
        with _explained():
            for some in (keys[:1], keys[1:]):
                try:
                    obstore.delete(self._bucket, some)
                except FileNotFoundError:  # somebody else deletes it, too: ask for each
                    for key in some:
                        self._remove(key)

    def written(self) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for one in self._list(_UPLOADS):
            found[one.blob] = max(one.at, found.get(one.blob, one.at))
        return found

    def now(self) -> datetime:
        with _explained():
            obstore.put(self._bucket, _CLOCK, b"", use_multipart=False)
            return obstore.head(self._bucket, _CLOCK)["last_modified"]

    def sweep(self, before: datetime) -> None:
        """Nothing to do: an object is there whole or not at all."""

    def check(self) -> None:
        """Raises Unavailable (`storage-unsafe`) where a second object replaces the first."""
        if self._create(_PROBE, b"") and self._create(_PROBE, b""):
            raise Unavailable(
                "storage-unsafe",
                "The object store writes over what it should keep: use one that honours "
                "If-None-Match.",
                retryable=False,
            )
        self._proven = True

    def free(self) -> None:
        """Nobody counts."""

    def _create(self, key: str, data: bytes) -> bool:
        """Put an object; false if there is one already."""
        with _explained():
            try:
                obstore.put(self._bucket, key, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            return True

    def _get(self, key: str) -> bytes:
        with _explained():
            return bytes(obstore.get(self._bucket, key).bytes())

    def _remove(self, key: str) -> None:
        try:
            obstore.delete(self._bucket, key)
        except FileNotFoundError:
            return

    def _list(self, prefix: str) -> Iterator["_Listed"]:
        with _explained():
            for page in obstore.list(self._bucket, prefix=prefix):
                for one in page:
                    if found := _KEY.fullmatch(one["path"]):
                        yield _Listed(found[1], int(found[2]), one["size"], one["last_modified"])


@dataclass(frozen=True, slots=True)
class _Listed:
    blob: str
    offset: int
    size: int
    at: datetime


class _OpenObject:
    """Asks for what is wanted; who goes on reading where they were gets the rest in one request."""

    def __init__(self, bucket: Bucket, segment: Segment) -> None:
        self._bucket = bucket
        self._segment = segment
        self._start = -1
        self._held = b""

    def read(self, start: int, n: int) -> bytes:
        end = self._start + len(self._held)
        if not self._start <= start <= start + n <= end:
            goes_on = self._start <= start <= end
            self._held = self._get(start, self._segment.size if goes_on else start + n)
            self._start = start
        at = start - self._start
        return self._held[at : at + n]

    def close(self) -> None:
        self._held = b""

    def _get(self, start: int, end: int) -> bytes:
        with _explained():
            try:
                key = _key(self._segment.blob, self._segment.offset)
                return bytes(obstore.get_range(self._bucket, key, start=start, end=end))
            except FileNotFoundError:
                raise NotFound("blob-missing", "These bytes have been deleted.") from None


def _key(blob: str, offset: int) -> str:
    return f"{_UPLOADS}/{blob}/{name_of(offset)}"


@contextmanager
def _explained() -> Iterator[None]:
    """Say what a refusing store means to the caller, and nothing that it said itself."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError):
        raise Unavailable(
            "storage-denied", "The object store does not let us in: check our role and its policy."
        ) from None
    except (BaseError, OSError, ValueError):
        raise Unavailable(
            "storage-failed", "The object store cannot be used: check it, and our role there."
        ) from None
