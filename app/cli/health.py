"""`handover health`: the running service, asked as a container engine or a monitor asks."""

import http.client
import json

import click

from app import settings as configuration
from app.cli.common import Shell
from app.errors import Unavailable

PATIENCE = 5.0
"""Seconds without a byte."""
ANSWER = 64 * 1024
"""Bytes of an answer that are read."""
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask, not to listen


@click.command()
@click.pass_obj
def health(shell: Shell) -> None:
    """Ask the service of this home, on this machine, whether it is ready to work."""
    settings = configuration.load(shell.home)
    host = EVERY_ADDRESS.get(settings.host, settings.host)
    reasons = _reasons(http.client.HTTPConnection(host, settings.port, timeout=PATIENCE))
    if reasons:
        raise Unavailable("service-not-ready", f"The service is not ready: {', '.join(reasons)}")
    click.echo("Ready.")


def _reasons(connection: http.client.HTTPConnection) -> list[str]:
    """The codes of what the service lacks. Raises Unavailable (`service-unreachable`)."""
    try:
        connection.request("GET", "/health/ready")
        answer = json.loads(connection.getresponse().read(ANSWER))
        return [str(one["code"]) for one in answer["reasons"]]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        where = f"{connection.host}:{connection.port}"
        raise Unavailable(
            "service-unreachable", f"No service answers as it should at {where}: see its log"
        ) from None
    finally:
        connection.close()
