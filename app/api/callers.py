"""Who calls, and with what purpose."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.access import Caller
from app.errors import Malformed, NotAllowed
from app.flows import tokens
from app.flows.site import Site

_BEARER = HTTPBearer(auto_error=False, description="A token of `handover token create`.")


def the_site(request: Request) -> Site:
    """The service that this app is a door of."""
    site: Site = request.app.state.site
    return site


def caller(
    request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Caller:
    """The caller that the bearer token proves. Raises NotAllowed (`token-not-valid`)."""
    if sent is None:
        raise NotAllowed("token-not-valid", "Send a valid token as `Authorization: Bearer ...`")
    return tokens.authenticate(the_site(request), sent.credentials)


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
