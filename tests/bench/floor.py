"""The floor of `tests.bench.rate`: the same cryptography, one durable commit, nothing else."""

import argparse
import os
import socket
import threading
from pathlib import Path

import anyio
import uvicorn
from sqlalchemy import Column, LargeBinary, MetaData, String, Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.crypto import jws
from app.flows.site import directory_of
from app.main import open_site
from app.store.unit_of_work import Database
from app.trust.envelope import LIMIT, TYP, sign_statement

TABLE = Table(
    "floor", MetaData(), Column("digest", String(64), primary_key=True),
    Column("wire", LargeBinary), Column("answer", LargeBinary),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--fd", type=int)
    parser.add_argument("--with-parent", action="store_true")
    asked = parser.parse_args()
    site = open_site(asked.home, None)
    database = Database(asked.database)
    with database.rebuild() as uow:
        TABLE.create(uow.connection, checkfirst=True)
    with site.database.read() as uow:
        directory = directory_of(uow, site)
    now = site.clock()

    def take(wire: bytes) -> bytes:
        document = jws.parse(wire, TYP, limit=LIMIT)
        _, keyset = directory.judge(document.kids, now)
        verified = jws.verify(document, keyset.keys)
        answer = sign_statement({"of": verified.digest}, site.keyring, now).wire
        with database.write() as uow:
            uow.connection.execute(
                TABLE.insert().values(digest=verified.digest, wire=wire, answer=answer)
            )
        return answer

    async def statements(request: Request) -> Response:
        wire = await request.body()
        return Response(await anyio.to_thread.run_sync(take, wire))

    async def live(_: Request) -> Response:
        return Response("live")

    app = Starlette(
        routes=[Route("/exchange/v1/statements", statements, methods=["POST"]),
                Route("/health/live", live)]
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))

    def watch() -> None:
        while os.read(0, 1024):
            pass
        server.should_exit = True

    if asked.with_parent:
        threading.Thread(target=watch, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=asked.fd)])


if __name__ == "__main__":
    main()
