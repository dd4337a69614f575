"""Who calls, and with what purpose."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request

from app.access import Caller
from app.errors import Malformed, NotAllowed
from app.flows import tokens
from app.flows.site import Site


def the_site(request: Request) -> Site:
    """The service that this app is a door of."""
    site: Site = request.app.state.site
    return site


def caller(
    request: Request, authorization: Annotated[str, Header(include_in_schema=False)] = ""
) -> Caller:
    """The caller that the bearer token proves. Raises NotAllowed (`token-not-valid`)."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret or len(secret) > 200:
        raise NotAllowed("token-not-valid", "Send a valid token as `Authorization: Bearer ...`")
    return tokens.authenticate(the_site(request), secret)


def purpose(
    access_purpose: Annotated[
        str,
        Header(description="What you need it for, percent-encoded UTF-8. It is logged, sealed."),
    ] = "",
) -> str:
    """The stated purpose of opening a case; in a header, so that it stands in no URL."""
    try:
        text = unquote(access_purpose, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("access-purpose", "Write the purpose as percent-encoded UTF-8") from None
    return text


TheSite = Annotated[Site, Depends(the_site)]
TheCaller = Annotated[Caller, Depends(caller)]
Purpose = Annotated[str, Depends(purpose)]
