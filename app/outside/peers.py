"""Other authorities over HTTPS: the client half of the exchange (openapi/protocol.md).

Success is a 2xx with the answer that the protocol names, and nothing else. Redirects are never
followed, answers are bounded, and what fails says whether trying again can help. Endpoints come
from the directory alone.
"""

import ssl
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import anyio
import httpx

from app.errors import Unavailable
from app.outside import tls
from app.outside.replies import (
    MAX_ANSWER,
    STATEMENT,
    Answer,
    Refused,
    Reply,
    Upload,
    ascii_bytes,
    broken,
    elsewhere,
    json_object,
    offset_of,
    problem,
    read_reply,
    signed,
    under,
    upload_of,
)

__all__ = ["Answer", "HttpPeers", "Peers", "Refused", "Upload"]

MAX_SYNC = 64 * 2**20
PIECE = 4 * 2**20
"""How much one PATCH carries: a cut costs at most this."""
CORRECTIONS = 3
"""How often in one upload the other side may say that it is elsewhere than we think."""


class Peers(Protocol):
    """The seam: the real one speaks HTTP, a simulation calls the other side's flows."""

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        """Raises Refused or Unavailable."""

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        """Sends what is missing, from the offset that the other side names; returns the receipt's
        bytes. Raises Refused or Unavailable."""

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        """The statements that the other side has and we lack. Raises Refused or Unavailable."""

    def bundle(self, endpoint: str, wire: bytes, most: int) -> bytes:
        """Some of a sealed bundle, at most so many bytes. Raises Refused or Unavailable."""

    def card(self, endpoint: str) -> bytes:
        """The card that the other side shows now. Raises Refused or Unavailable."""


class HttpPeers:
    """The exchange over HTTP.

    Each call runs an event loop of its own, in the thread that calls: only so can a whole request
    be given a deadline, and a peer that sends a byte now and then not hold a worker for ever.
    """

    def __init__(self, timeout: float = 30.0, deadline: float = 300.0) -> None:
        """`timeout`: seconds without a byte. `deadline`: seconds for one request and its answer;
        the last of an upload has the other side verify a whole bundle meanwhile."""
        self._timeout = timeout
        self._deadline = deadline

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when somebody is reached: most commands reach nobody, and the roots are many."""
        return tls.context()

    def post_statement(self, endpoint: str, wire: bytes) -> Answer:
        return anyio.run(self._post_statement, endpoint, wire)

    def upload(self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]) -> bytes:
        return anyio.run(self._upload, upload, size, read_at)

    def sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        return anyio.run(self._sync, endpoint, wire)

    def bundle(self, endpoint: str, wire: bytes, most: int) -> bytes:
        return anyio.run(self._bundle, endpoint, wire, most)

    def card(self, endpoint: str) -> bytes:
        return anyio.run(self._card, endpoint)

    async def _post_statement(self, endpoint: str, wire: bytes) -> Answer:
        url = under(endpoint, "exchange/v1/statements")
        async with self._client() as client:
            reply = await self._request(client, "POST", url, wire, {"Content-Type": STATEMENT})
        if reply.status == 200:
            return Answer(wire=signed(reply))
        if reply.status == 202:
            return Answer(upload=upload_of(reply, url, under(endpoint, "exchange/v1/uploads/")))
        raise problem(reply)

    async def _upload(
        self, upload: Upload, size: int, read_at: Callable[[int, int], bytes]
    ) -> bytes:
        corrections = 0
        async with self._client() as client:
            reply = await self._request(
                client, "HEAD", upload.url, None, {"Upload-Secret": upload.secret}
            )
            if reply.status not in (200, 204):
                raise problem(reply)
            offset = offset_of(reply, size)
            while True:
                piece = read_at(offset, min(PIECE, size - offset))
                last = offset + len(piece) == size
                reply = await self._patch(client, upload, offset, piece, last)
                if last and reply.status == 200:
                    return signed(reply)
                if elsewhere(reply) and corrections < CORRECTIONS:
                    corrections += 1
                    offset = offset_of(reply, size)
                    continue
                if reply.status != 204 or last:
                    raise problem(reply)
                if offset_of(reply, size) != offset + len(piece):
                    raise broken("The other side lost count of the upload")
                offset += len(piece)

    async def _patch(
        self, client: httpx.AsyncClient, upload: Upload, offset: int, piece: bytes, last: bool
    ) -> Reply:
        headers = {
            "Content-Type": "application/partial-upload",
            "Upload-Secret": upload.secret,
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if last else "?0",
        }
        return await self._request(client, "PATCH", upload.url, piece, headers)

    async def _sync(self, endpoint: str, wire: bytes) -> list[bytes]:
        url = under(endpoint, "exchange/v1/sync")
        headers = {"Content-Type": STATEMENT}
        async with self._client() as client:
            reply = await self._request(client, "POST", url, wire, headers, limit=MAX_SYNC)
        if reply.status != 200:
            raise problem(reply)
        found = json_object(reply.body).get("statements")
        wires = [ascii_bytes(line) for line in found] if isinstance(found, list) else [None]
        if None in wires:
            raise broken("The other side's answer to a sync is not of the protocol's form")
        return [wire for wire in wires if wire is not None]

    async def _bundle(self, endpoint: str, wire: bytes, most: int) -> bytes:
        url = under(endpoint, "exchange/v1/bundles")
        headers = {"Content-Type": STATEMENT}
        async with self._client() as client:
            reply = await self._request(client, "POST", url, wire, headers, limit=most)
        if reply.status != 200:
            raise problem(reply)
        return reply.body

    async def _card(self, endpoint: str) -> bytes:
        url = under(endpoint, ".well-known/case-handover/card")
        async with self._client() as client:
            reply = await self._request(client, "GET", url, None, {})
        if reply.status != 200:
            raise problem(reply)
        return reply.body

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._tls,
            timeout=self._timeout,
            follow_redirects=False,
            headers={"User-Agent": "case-handover", "Accept-Encoding": "identity"},
            trust_env=False,
        )

    async def _request(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        content: bytes | None,
        headers: dict[str, str],
        limit: int = MAX_ANSWER,
    ) -> Reply:
        """One request and its whole answer, within the deadline. Raises Unavailable, NotVerified
        (`peer-protocol`, retryable)."""
        try:
            with anyio.fail_after(self._deadline):
                request = client.stream(method, url, content=content, headers=headers)
                async with request as response:
                    return await read_reply(response, limit)
        except TimeoutError:
            raise Unavailable(
                "peer-too-slow", "The other authority's server is too slow to answer"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(
                "peer-unreachable", f"The other authority can't be reached ({type(error).__name__})"
            ) from None
