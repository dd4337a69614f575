"""`handover serve` and `handover worker`."""

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable

import click

from app import telemetry
from app.cli.common import Shell
from app.errors import Unavailable
from app.settings import Settings
from app.worker import Worker

log = logging.getLogger(__name__)

DRAIN = 10
"""Seconds that requests under way have at shutdown."""


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
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    for one in (signal.SIGTERM, signal.SIGINT):  # the server raises them again when it has ended
        signal.signal(one, stop)
    if with_parent:
        _on_end_of_input(stop)
    running = None if no_worker else Worker(site)
    try:
        if running is not None:
            running.start()
        log.info("serving", extra={"port": listener.getsockname()[1]})
        server.run(sockets=[listener])
    finally:
        if running is not None:
            running.stop()


@click.command()
@click.pass_obj
def worker(shell: Shell) -> None:
    """Deliver what is due, until stopped; any number may run."""
    telemetry.start()
    site = shell.site()
    stopped = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopped.set())
    running = Worker(site)
    running.start()
    stopped.wait()
    running.stop()


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


def _on_end_of_input(stop: Callable[[], None]) -> None:
    def watch() -> None:
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=watch, daemon=True).start()
