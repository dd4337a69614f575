"""`handover serve` and `handover worker`."""

import errno
import logging
import socket
import threading

import click

from app import telemetry
from app.cli.common import Shell
from app.cli.ending import Ending, handled
from app.errors import Unavailable
from app.flows import metrics
from app.settings import Settings
from app.worker import Worker

log = logging.getLogger(__name__)


@click.command()
@click.option("--no-worker", is_flag=True, help="Leave deliveries to `handover worker`.")
@click.option("--fd", type=int, help="Serve on a socket that is bound already (file descriptor).")
@click.option("--with-parent", is_flag=True, help="Stop when standard input ends.")
@click.pass_obj
def serve(shell: Shell, no_worker: bool, fd: int | None, with_parent: bool) -> None:
    """Serve the API and the exchange, and deliver what is due."""
    import uvicorn  # here, because no other command needs them, and all would start slower

    from app.api.app import create_app

    telemetry.start()
    site = shell.site()
    listener = _listen(site.settings) if fd is None else socket.socket(fileno=fd)
    config = uvicorn.Config(
        create_app(site),
        loop="asyncio",  # another one takes the signals for itself (ending.py)
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=site.settings.drain_seconds,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)
    running = None if no_worker else Worker(site)

    def stop() -> None:
        if running is not None:
            running.ask()
        server.should_exit = True

    about = {"port": listener.getsockname()[1], **vars(metrics.build(site))}
    ending = Ending(site.settings.drain_seconds, stop)
    ending.on_signals()
    # It installs a handler of its own, which would take no second signal for an answer.
    server.handle_exit = handled  # type: ignore[method-assign, assignment]
    if with_parent:
        ending.on_end_of_input()
    try:
        if running is not None:
            running.start()
        log.info("serving", extra=about)
        server.run(sockets=[listener])
    finally:
        if running is not None:
            running.stop(ending.left())


@click.command()
@click.pass_obj
def worker(shell: Shell) -> None:
    """Deliver what is due, until stopped; any number may run."""
    telemetry.start()
    site = shell.site()
    stopped = threading.Event()
    ending = Ending(site.settings.drain_seconds, stopped.set)
    ending.on_signals()
    log.info("working", extra=vars(metrics.build(site)))
    running = Worker(site)
    running.start()
    stopped.wait()
    running.stop(ending.left())


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host, settings.port)
    try:
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Unavailable(
            "address-in-use",
            f"Something listens on {settings.host}:{settings.port} already: stop it, or set "
            "another `port`",
        ) from None
