"""A malware scanner: a command that reads a document from its standard input.

Its exit code is the answer, by the convention of ClamAV (clamdscan(1)): 0 clean, 1 found, anything
else not scanned. The document goes through a pipe and never through a file.
"""

import os
import select
import signal
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import monotonic

from app.errors import NotAllowed, Unavailable

FOUND = 1
_PIECE = 64 * 1024


def scan(command: Sequence[str], pieces: Iterable[bytes], seconds: float) -> None:
    """Have the command read all `pieces` in at most so many seconds; nothing it says is kept.

    The command must take every byte before it calls a document clean. Raises NotAllowed
    (`document-infected`), Unavailable (`document-not-scanned`), and what reading a piece raises.
    """
    end = monotonic() + seconds
    try:
        process = _start(command)
    except OSError:
        raise _not_scanned() from None
    try:
        whole = _feed(process, pieces, end)
        answer = process.wait(max(0.0, end - monotonic()))
    except (subprocess.TimeoutExpired, TimeoutError):
        raise _not_scanned() from None
    finally:
        _end(process)
    if answer == FOUND:
        raise NotAllowed(
            "document-infected",
            "The malware scanner holds this document to be dangerous, so it stays sealed: tell "
            "your security officer, and ask the sending authority for a clean copy",
        )
    if answer != 0 or not whole:
        raise _not_scanned()


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """In a process group of its own, without what our own environment says of our keys."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CASE_HANDOVER_")}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=environment,
        start_new_session=True,
    )


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes], end: float) -> bool:
    """Write it all, waiting until `end` at most; whether the command took it all."""
    assert process.stdin is not None
    with process.stdin as pipe:
        os.set_blocking(pipe.fileno(), False)
        try:
            for piece in pieces:
                _write(pipe.fileno(), piece, end)
        except BrokenPipeError:  # it reads no further: its answer says why
            return False
    return True


def _write(descriptor: int, piece: bytes, end: float) -> None:
    """Raises TimeoutError, BrokenPipeError."""
    ready = select.poll()
    ready.register(descriptor, select.POLLOUT)
    left = memoryview(piece)
    while left:
        if not ready.poll(max(0.0, end - monotonic()) * 1000):
            raise TimeoutError
        with suppress(BlockingIOError):
            left = left[os.write(descriptor, left[:_PIECE]) :]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with its children, unless it has ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _not_scanned() -> Unavailable:
    return Unavailable(
        "document-not-scanned",
        "The malware scanner could not look at this document, so it stays sealed: try again, and "
        "tell your IT lead if it goes on",
    )
