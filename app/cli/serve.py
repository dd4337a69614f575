"""`handover serve` and `handover worker`."""

import os
import signal
import socket
import threading
from collections.abc import Callable

import click
import uvicorn

from app import telemetry
from app.api.app import create_app
from app.cli.common import Shell
from app.flows.site import Site
from app.worker import Worker

DRAIN = 10
"""Seconds that requests under way have at shutdown."""


@click.command()
@click.option("--no-worker", is_flag=True, help="Leave deliveries to `handover worker`.")
@click.option("--fd", type=int, help="Serve on a socket that is bound already (file descriptor).")
@click.option("--with-parent", is_flag=True, help="Stop when standard input ends.")
@click.pass_obj
def serve(shell: Shell, no_worker: bool, fd: int | None, with_parent: bool) -> None:
    """Serve the API and the exchange, and deliver what is due."""
    telemetry.start()
    site = shell.site()
    config = uvicorn.Config(
        create_app(site),
        host=site.settings.host,
        port=site.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)
    if with_parent:
        _on_end_of_input(lambda: setattr(server, "should_exit", True))
    worker = None if no_worker else Worker(site)
    if worker is not None:
        worker.start()
    try:
        server.run(sockets=None if fd is None else [socket.socket(fileno=fd)])
    finally:
        _close(site, worker)


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
    _close(site, running)


def _close(site: Site, worker: Worker | None) -> None:
    if worker is not None:
        worker.stop()
    site.database.close()


def _on_end_of_input(stop: Callable[[], None]) -> None:
    def watch() -> None:
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=watch, daemon=True).start()
