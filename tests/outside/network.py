"""Two authorities over real HTTP: the real app under uvicorn, and a wire that can be cut."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from select import select
from threading import Thread

import uvicorn

from app.api.app import create_app
from app.flows.site import Site
from app.outside.peers import HttpPeers
from tests.flows.conftest import Clock, Wire, make_site


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens before anybody serves, and its endpoint."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def serving_app(site: Site, listener: socket.socket) -> Iterator[None]:
    """The app of a site, under uvicorn in a thread."""
    config = uvicorn.Config(create_app(site), log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def real_site(home: Path, authority: str, clock: Clock, endpoint: str) -> Site:
    """A site that reaches others over HTTP."""
    home.mkdir()
    made = make_site(home, authority, clock, Wire(), endpoint)
    return replace(made, peers=HttpPeers(timeout=5, deadline=10))


class Cable:
    """Stands between client and server, and is cut after so many bytes from the client."""

    def __init__(self, listener: socket.socket, to: tuple[str, int]) -> None:
        self._listener = listener
        self._to = to
        self._threads: list[Thread] = []
        self.left: int | None = None
        """Bytes until it is cut; None: it holds."""
        self.carried = 0

    def run(self) -> None:
        """Carry every connection until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                thread = Thread(target=self._carry, args=(near,))
                thread.start()
                self._threads.append(thread)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._to) as far, suppress(OSError):
            while self.left != 0:
                for one in select([near, far], [], [])[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    (far if one is near else near).sendall(self._counted(data, one is near))

    def _counted(self, data: bytes, going: bool) -> bytes:
        """As much of it as still passes."""
        if not going:
            return data
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        self.carried += len(data)
        return data


class Tap(Cable):
    """A cable that keeps all that it carries, either way."""

    def __init__(self, listener: socket.socket, to: tuple[str, int]) -> None:
        super().__init__(listener, to)
        self._heard = bytearray()

    def heard(self) -> bytes:
        """All of it since the last time, and the last bytes of before."""
        heard = bytes(self._heard)
        del self._heard[: max(0, len(heard) - 1000)]
        return heard

    def _counted(self, data: bytes, going: bool) -> bytes:
        self._heard += data
        return super()._counted(data, going)


@contextmanager
def cable(to: str, kind: type[Cable] = Cable) -> Iterator[tuple[Cable, str]]:
    """A cable to a listening endpoint, and its near end as an endpoint."""
    with listening() as (listener, endpoint):
        host, _, port = to.removeprefix("http://").partition(":")
        made = kind(listener, (host, int(port)))
        thread = Thread(target=made.run)
        thread.start()
        try:
            yield made, endpoint
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join()
            made.join()
