"""`handover health`: what a container engine or a monitor runs."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.homes import Home
from tests.cli.test_serve import PATIENCE, first_line, running


def test_a_service_that_works_is_ready_until_it_is_not(home: Home) -> None:
    with running(home, "serve", "--no-worker", CASE_HANDOVER_PORT="0") as process:
        port = str(first_line(process)["port"])
        for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - what it listens on, in a container
            asked = home.run("health", CASE_HANDOVER_PORT=port, CASE_HANDOVER_HOST=host)
            assert (asked.exit_code, asked.stdout) == (0, "Ready.\n"), asked.output
            assert asked.stderr == "Warning: worker-missing\n"
        (home.path / "blobs").rename(home.path / "elsewhere")
        (home.path / "blobs").write_bytes(b"")
        asked = home.run("health", CASE_HANDOVER_PORT=port)
        assert (asked.exit_code, "[service-not-ready]" in asked.stderr) == (6, True), asked.output
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    asked = home.run("health", CASE_HANDOVER_PORT=port)
    assert (asked.exit_code, "[service-unreachable]" in asked.stderr) == (6, True)


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """Something else at the port, which says one thing; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def say() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=say)
        thread.start()
        yield str(listener.getsockname()[1])
        thread.join(PATIENCE)


OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0\r\n", OK, OK + b"<html>", OK + b"[]", OK + b"{}", OK + b'{"reasons": [1]}',
     OK + b'{"reasons": ["' + b"x" * 70_000 + b'"]}',
     b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"],
    ids=range(9),
)  # fmt: skip
def test_whatever_else_answers_is_not_our_service(home: Home, answer: bytes) -> None:
    with saying(answer) as port:
        asked = home.run("health", CASE_HANDOVER_PORT=port)
    assert (asked.exit_code, "[service-unreachable]" in asked.stderr) == (6, True), asked.output
