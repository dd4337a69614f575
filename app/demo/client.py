"""A small client of the API, as a case system or a practitioner's program would have it."""

import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import quote

import httpx

from app.demo.stage import Authority
from app.errors import Unavailable


class Client:
    """One person at one authority."""

    def __init__(self, authority: Authority, role: str) -> None:
        self._http = httpx.Client(
            base_url=authority.endpoint,
            headers={"Authorization": f"Bearer {authority.tokens[role]}"},
            timeout=60,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, purpose: str | None = None) -> Any:
        """JSON of an endpoint."""
        return self._ok(self._http.get(path, headers=_purpose(purpose))).json()

    def download(self, path: str, purpose: str) -> bytes:
        return self._ok(self._http.get(path, headers=_purpose(purpose))).content

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return self._ok(self._http.post(path, json=body, headers=headers)).json()

    def replace(self, path: str, body: dict[str, Any]) -> Any:
        return self._ok(self._http.put(path, json=body)).json()

    def refused(self, path: str, body: dict[str, Any]) -> Any:
        """The problem document of something that must not pass."""
        response = self._http.post(path, json=body)
        if response.is_success:
            raise Unavailable("demo-not-refused", "This should have been refused")
        return response.json()

    def put(self, path: str, name: str, media_type: str, data: bytes) -> None:
        headers = {
            "Content-Type": media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        }
        self._ok(self._http.put(path, content=data, headers=headers))

    def _ok(self, response: httpx.Response) -> httpx.Response:
        if not response.is_success:
            raise Unavailable("demo-refused", f"{response.request.url.path}: {response.text[:300]}")
        return response


def wait_for(what: Callable[[], Any], seconds: float = 20, pause: float = 0.05) -> Any:
    """The first answer that is true. Raises Unavailable (`demo-too-slow`)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(pause)
    raise Unavailable("demo-too-slow", "This took longer than it should; see the logs")


def _purpose(purpose: str | None) -> dict[str, str]:
    return {} if purpose is None else {"Access-Purpose": quote(purpose)}
