"""How many small handovers a second cross between two authorities, by workers of the sender.

    python -m tests.bench.handovers [--handovers 200] [--workers 1 2 4]

A year of England is about 20,000 (`--handovers 20000 --workers 2`). Each is a draft, a notification
and the papers: two statements with a sealed bundle each, sent to the sender's API while no worker
runs. Then its workers start, and deliver all of it to the receiver's two processes. Both are on
PostgreSQL with fsync.
"""

import argparse
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import httpx
from sqlalchemy import exists, select

from app.demo import story
from app.settings import database_url, load
from app.store.tables import jobs
from app.store.unit_of_work import Database
from tests.acceptance.services import pair, until
from tests.bench.rate import handover, on_database, serve_from
from tests.casefile import samples
from tests.postgres import Server, serve

CLIENTS = 8
UNLIMITED = {"CASE_HANDOVER_PEER_RATE": "100000000", "CASE_HANDOVER_PEER_UPLOADS": "100000"}
NOTIFICATION = {
    "v": 1, "fictional": True, "children": [{"id": samples.ref("child"), "status": "living"}],
}  # fmt: skip


def prepare(http: httpx.Client, number: int) -> None:
    """One handover, said and sent, for workers to deliver."""
    asked = {
        "recipient": story.RECEIVER, "own_reference": f"FICTION/{number}",
        "transfer": "cp_permanent", "case_file": samples.case(concerns=[samples.concern()]),
    }  # fmt: skip
    path = f"/v1/drafts/{http.post('/v1/drafts', json=asked).raise_for_status().json()['id']}"
    http.post(f"{path}/notification", json={"words": NOTIFICATION}).raise_for_status()
    http.post(f"{path}/dispatch", json={}).raise_for_status()


def measured(folder: Path, server: Server, handovers: int, workers: int) -> tuple[float, float]:
    """Handovers a second that the API took, and that the workers delivered."""
    with ExitStack() as stack:
        receiver = on_database(stack, folder / "receiver", story.RECEIVER, server.create())
        sender = on_database(stack, folder / "sender", story.SENDER, server.create())
        pair(sender, receiver)
        pair(receiver, sender)
        for one in (sender, receiver):
            command = handover(one, "serve", "--no-worker")
            serve_from(stack, one.listener, command, 2, UNLIMITED)
        began = monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda number: prepare(sender.http, number), range(handovers)))
        taken = handovers / (monotonic() - began)
        began = monotonic()
        for _ in range(workers):
            process = subprocess.Popen(handover(sender, "worker"), stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        with Database(database_url(load(sender.home), sender.home)) as database:
            until(lambda: _delivered(database), patience=36_000)
        return taken, handovers / (monotonic() - began)


def _delivered(database: Database) -> bool:
    with database.read() as uow:
        return not uow.connection.scalar(select(exists().where(jobs.c.kind == "deliver")))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.handovers")
    parser.add_argument("--handovers", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked = parser.parse_args()
    print(f"{asked.handovers} handovers, {os.cpu_count()} cores", flush=True)
    first: float | None = None
    server = serve(fsync=True)
    try:
        for workers in asked.workers:
            with tempfile.TemporaryDirectory(prefix="handovers-") as folder:
                taken, crossed = measured(Path(folder), server, asked.handovers, workers)
            first = first or crossed
            print(f"{workers} worker(s): API {taken:5.1f}/s, delivered {crossed:5.1f}/s"
                  f" ({crossed / first:4.2f}), 20,000 in {20_000 / crossed / 60:.0f} minutes",
                  flush=True)  # fmt: skip
    finally:
        server.stop()


if __name__ == "__main__":
    main()
