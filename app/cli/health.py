"""`handover health`: the running service, asked as a container engine or a monitor asks."""

import http.client
import json

import click

from app import settings as configuration
from app.cli.common import Shell, plain
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
    asked = http.client.HTTPConnection(host, settings.port, timeout=PATIENCE)
    reasons, warnings = _asked(asked)
    for one in warnings:
        click.echo(f"Warning: {one}", err=True)
    if reasons:
        raise Unavailable("service-not-ready", f"The service is not ready: {', '.join(reasons)}")
    click.echo("Ready.")


def _asked(connection: http.client.HTTPConnection) -> tuple[list[str], list[str]]:
    """The codes of what the service lacks, and of what a person should look at. Raises Unavailable
    (`service-unreachable`)."""
    try:
        connection.request("GET", "/health/ready")
        answer = json.loads(connection.getresponse().read(ANSWER))
        reasons, warnings = (answer[name] for name in ("reasons", "warnings"))
        return [plain(one["code"]) for one in reasons], [plain(one["code"]) for one in warnings]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        where = f"{connection.host}:{connection.port}"
        raise Unavailable(
            "service-unreachable", f"No service answers as it should at {where}: see its log"
        ) from None
    finally:
        connection.close()
