"""Who calls, and with what purpose."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.access import Caller
from app.api.events import events_of
from app.errors import Malformed
from app.flows import tokens
from app.flows.site import Site

_BEARER = HTTPBearer(
    auto_error=False,
    description="A token of `handover token create`, or an access token (JWT) of the identity "
    "provider that the authority's settings name, with one of our roles in its claim `roles`.",
)


async def the_site(request: Request) -> Site:
    """The service that this app is a door of."""
    return _site_of(request)


def _site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def caller(
    request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Caller:
    """The caller that the bearer token proves. Raises as `tokens.authenticate`."""
    proved = tokens.authenticate(_site_of(request), sent.credentials if sent else "")
    events_of(request).signed_in(request, proved)
    return proved


def purpose(
    access_purpose: Annotated[
        str,
        Header(description="What you need it for, percent-encoded UTF-8. It is logged, sealed."),
    ] = "",
) -> str:
    """The stated purpose of opening a case; in a header, so that it stands in no URL."""
    try:
        return unquote(access_purpose.encode("ascii"), errors="strict")
    except UnicodeError:
        raise Malformed("access-purpose", "Write the purpose as percent-encoded UTF-8") from None


TheSite = Annotated[Site, Depends(the_site)]
TheCaller = Annotated[Caller, Depends(caller)]
Purpose = Annotated[str, Depends(purpose)]
