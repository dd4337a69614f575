"""Every error as a problem document (RFC 9457): a stable type, a sentence, and whether to retry.

Nothing of what was sent is ever echoed.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.api.events import events_of
from app.errors import (
    CaseHandoverError,
    Conflict,
    Malformed,
    NotAllowed,
    NotFound,
    NotVerified,
    TooLarge,
    Unavailable,
)
from app.flows.receive import FinalRefusal

TYPE = "urn:case-handover:"
MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[CaseHandoverError], int] = {
    Malformed: 422,
    NotVerified: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
}
_OTHER_STATUS = {
    "content-encoding": 415,
    "content-type": 415,
    "upload-content-type": 415,
    "token-not-valid": 401,
    "body-too-slow": 408,
    "range-not-satisfiable": 416,
    "rate-limited": 429,
    "upload-quota": 429,
    "storage-full": 507,
    "storage-low": 507,
}


def problem(error: CaseHandoverError, headers: dict[str, str] | None = None) -> Response:
    """The problem document of an error."""
    status = _OTHER_STATUS.get(error.code) or next(
        (code for family, code in STATUS.items() if isinstance(error, family)), 500
    )
    body: dict[str, Any] = {
        "type": TYPE + error.code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.detail,
        "retryable": error.retryable,
    }
    if error.pointer is not None:
        body["pointer"] = error.pointer
    if error.ids:
        body["ids"] = list(error.ids)
    if isinstance(error, FinalRefusal):
        body["refusal"] = error.wire.decode()
    if status == HTTPStatus.UNAUTHORIZED:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    if isinstance(error, Unavailable) and error.retry_after is not None:
        headers = {**(headers or {}), "Retry-After": str(error.retry_after)}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, CaseHandoverError)
        answer = problem(error)
        events_of(request).refused(request, error, answer.status_code)
        return answer

    def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        detail = status.description or status.phrase
        return _plain(status, f"http-{int(status)}", detail, error.headers)

    def invalid(_: Request, __: Exception) -> Response:
        detail = "A parameter of the request is missing or not of the form in the API's description"
        return _plain(HTTPStatus.UNPROCESSABLE_ENTITY, "request-invalid", detail)

    app.add_exception_handler(CaseHandoverError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def unexpected() -> Response:
    """The problem document of an error that is a bug of ours."""
    detail = "Something went wrong here. Nothing was lost; try again, then tell your IT lead"
    return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail)


def two_ends() -> Response:
    """The problem document of a request with both lengths; nothing after it is read."""
    status = HTTPStatus.BAD_REQUEST
    detail = "Send Content-Length or Transfer-Encoding, not both"
    return _plain(status, f"http-{int(status)}", detail, {"Connection": "close"})


def _plain(
    status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    retryable = status in (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
    body = {
        "type": TYPE + code,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "retryable": retryable,
    }
    return JSONResponse(body, int(status), headers, MEDIA_TYPE)
