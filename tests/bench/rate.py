"""How many statements a second one authority receives, against the floor of the same machine.

    python -m tests.bench.rate [--statements 600] [--clients 8]

Each statement is verified (two signatures), put in its place of its ledger, committed so that it
outlives a power cut, and answered by a signed receipt. The floor is a bare endpoint that does the
same cryptography and one durable commit of a row, and nothing else; as many processes serve it, and
the same clients ask.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from time import monotonic

import httpx

from app.demo import story
from app.flows.site import Site
from app.main import open_site
from tests.acceptance.services import Service, found, pair, until
from tests.flows import acts
from tests.handover import make
from tests.postgres import serve

UNLIMITED = {"CASE_HANDOVER_PEER_RATE": "100000000"}
FIRST = 32
"""Statements that are not counted."""
EACH = 4
"""Statements of one handover."""
TYPE = {"Content-Type": "application/case-handover-statement+jws"}


def prepared(sender: Site, receiver: Site, count: int) -> list[bytes]:
    """Handovers that the receiver knows of, and so many facts about them that it does not."""
    wires = []
    for number in range(count // EACH):
        handover = make.ident(f"rate {number}")
        words = acts.sealed(receiver, "notification", handover)
        said = acts.wire(sender, "notification", handover, words)
        acts.hand_in(receiver, said, words.file)
        for each in range(EACH):
            body = {"code": "address_confirmed", "on": f"2026-03-{10 + each}"}
            wires.append(acts.wire(sender, "fact", handover, body=body))
    return wires


def serve_from(
    stack: ExitStack,
    listener: socket.socket,
    command: list[str],
    processes: int,
    environment: dict[str, str],
) -> str:
    """So many processes that take connections from one socket; its endpoint, once one is there."""
    descriptor = listener.fileno()
    for _ in range(processes):
        process = subprocess.Popen(
            [*command, "--fd", str(descriptor), "--with-parent"], pass_fds=[descriptor],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert process.stdin is not None
        stack.callback(process.wait)
        stack.callback(process.stdin.close)
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    until(lambda: httpx.get(f"{endpoint}/health/live", trust_env=False).is_success)
    return endpoint


def on_database(stack: ExitStack, home: Path, authority: str, database: str) -> Service:
    """An authority; `database` an empty one of a server, or "" for a file in its home."""
    if database:  # for `init`; after it the settings say so
        os.environ["CASE_HANDOVER_DATABASE"] = database
    made = found(stack, home, authority, "--unencrypted-demo")
    if database:
        del os.environ["CASE_HANDOVER_DATABASE"]
        with (home / "handover.toml").open("a") as settings:
            settings.write(f"database = {json.dumps(database)}\n")
    return made


def handover(one: Service, *words: str) -> list[str]:
    """The command, for an authority."""
    return [sys.executable, "-m", "app.main", "--home", str(one.home), *words]


def rate(endpoint: str, wires: list[bytes], clients: int) -> float:
    """Statements a second, each answered with 200, once the processes have read what they need for
    the first ones."""

    def post(mine: list[bytes]) -> None:
        with httpx.Client(base_url=endpoint, headers=TYPE, trust_env=False, timeout=60) as http:
            for wire in mine:
                answer = http.post("/exchange/v1/statements", content=wire)
                assert answer.status_code == 200, answer.text

    def post_all(of: list[bytes]) -> None:
        for done in [pool.submit(post, of[one::clients]) for one in range(clients)]:
            done.result()

    with ThreadPoolExecutor(clients) as pool:
        post_all(wires[:FIRST])
        began = monotonic()
        post_all(wires[FIRST:])
        return (len(wires) - FIRST) / (monotonic() - began)


def measured(
    home: Path, processes: int, database: str, bare: str, count: int, clients: int
) -> tuple[float, float]:
    """Our rate and the floor's. `database` is ours, `bare` the floor's; an empty one is a file."""
    with ExitStack() as stack:
        sender = on_database(stack, home / "sender", story.SENDER, "")
        receiver = on_database(stack, home / "receiver", story.RECEIVER, database)
        pair(receiver, sender)
        sites = [open_site(one.home, None) for one in (sender, receiver)]
        wires = prepared(sites[0], sites[1], count)
        for one in sites:
            one.database.close()
        bare = bare or f"sqlite:///{home / 'floor.db'}"
        floor = [sys.executable, "-m", "tests.bench.floor", "--home", str(receiver.home),
                 "--database", bare]  # fmt: skip
        rates = []
        for command in (handover(receiver, "serve", "--no-worker"), floor):
            with ExitStack() as running, socket.create_server(("127.0.0.1", 0)) as listener:
                listener.set_inheritable(True)
                endpoint = serve_from(running, listener, command, processes, UNLIMITED)
                rates.append(rate(endpoint, wires, clients))
        return rates[0], rates[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rate")
    parser.add_argument("--statements", type=int, default=600)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    print(f"{asked.statements} statements, {asked.clients} clients, {os.cpu_count()} cores")
    server = serve(fsync=True)
    try:
        for name, processes in product(("SQLite", "PostgreSQL"), (1, 2)):
            urls = ("", "") if name == "SQLite" else (server.create(), server.create())
            with tempfile.TemporaryDirectory(prefix="rate-") as folder:
                ours, floor = measured(
                    Path(folder), processes, *urls, asked.statements, asked.clients
                )
            print(f"{name:10} {processes} process(es): {ours:5.0f}/s, floor {floor:5.0f}/s, "
                  f"{ours / floor:4.0%}", flush=True)  # fmt: skip
    finally:
        server.stop()


if __name__ == "__main__":
    main()
