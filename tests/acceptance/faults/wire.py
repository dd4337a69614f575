"""A wire in front of an authority's replicas: it shares connections out, and does to them what
networks do."""

import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Lock, Thread
from time import monotonic, sleep

FAULTS = {"refused": 3, "cut": 4, "unanswered": 4, "delayed": 3, "doubled": 3}
"""How often each comes, beside the others."""
_PATIENCE = 20.0


class Wire:
    """Each connection goes to the next replica that takes it. `rate` is the share of connections
    to which something happens; `happened` counts what did."""

    def __init__(self, replicas: list[tuple[str, int]], chance: random.Random) -> None:
        self._replicas = replicas
        self._chance = chance
        self._guard = Lock()
        self._next = 0
        self.rate = 0.0
        self.happened: Counter[str] = Counter()

    def carry(self, near: socket.socket) -> None:
        """One connection from its beginning to its end."""
        with near, suppress(OSError):
            near.settimeout(_PATIENCE)
            fault, place = self._fate()
            if fault == "refused":
                return
            if fault == "delayed":
                sleep(place * 1.5)  # others overtake it
            with self._reach() as far:
                sent = self._pump(near, far, fault, int(place * 150_000))
            if fault == "doubled" and sent:
                self._say_again(sent)

    def _fate(self) -> tuple[str, float]:
        with self._guard:
            place = self._chance.random()
            if self._chance.random() >= self.rate:
                return "", place
            (fault,) = self._chance.choices(list(FAULTS), list(FAULTS.values()))
            self.happened[fault] += 1
            return fault, place

    def _reach(self) -> socket.socket:
        for _ in self._replicas:
            with self._guard:
                self._next = (self._next + 1) % len(self._replicas)
                to = self._replicas[self._next]
            with suppress(OSError):
                return socket.create_connection(to, timeout=_PATIENCE)
        raise ConnectionRefusedError

    def _pump(self, near: socket.socket, far: socket.socket, fault: str, place: int) -> bytes:
        """Carry both ways until one ends; returns the first request, for one that is doubled."""
        sent, answered, end = b"", False, monotonic() + _PATIENCE
        while monotonic() < end:
            for one in select([near, far], [], [], 1.0)[0]:
                data = one.recv(65536)
                if not data:
                    return sent
                if one is far:
                    answered = True
                    if fault == "unanswered":
                        return sent
                    near.sendall(data)
                    continue
                if fault == "cut" and len(sent) + len(data) > place:
                    far.sendall(data[: max(0, place - len(sent))])
                    return b""
                if not answered:
                    sent += data
                far.sendall(data)
        return sent

    def _say_again(self, sent: bytes) -> None:
        """As a network does that delivers twice; nobody listens to the answer."""
        with self._reach() as far:
            far.sendall(sent)
            far.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while far.recv(65536):
                    pass


@contextmanager
def stretched(wire: Wire) -> Iterator[str]:
    """The wire's near end, as an endpoint, until the end."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listener.accept()
                    Thread(target=wire.carry, args=(near,), daemon=True).start()

        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
