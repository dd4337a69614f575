"""The malware scanner: a real command at the end of a real pipe."""

import os
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from app.errors import NotAllowed, NotVerified, Unavailable
from app.outside.scanner import scan
from tests.outside import scan as small

SCANNER = [sys.executable, "-I", str(Path(small.__file__))]
PLENTY = 60
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + small.SIGNATURE + b"!$H+H*"
"""The standard test file of antivirus software, put together only here."""
MUCH = [bytes(2**20)] * 8
"""More than a pipe holds."""


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def answers(
    command: list[str], pieces: list[bytes] | Iterator[bytes], seconds: float = PLENTY
) -> str:
    """The code of the refusal, or `clean`."""
    try:
        scan(command, pieces, seconds)
    except (NotAllowed, Unavailable) as error:
        return error.code
    return "clean"


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([], "clean"),
        ([b"An invented letter."], "clean"),
        (MUCH, "clean"),
        ([EICAR], "document-infected"),
        ([EICAR[:40], EICAR[40:]], "document-infected"),
        ([*MUCH, EICAR], "document-infected"),
        ([EICAR, *MUCH], "document-infected"),
    ],
)
def test_a_document_is_clean_or_it_is_not(pieces: list[bytes], answer: str) -> None:
    assert answers(SCANNER, pieces) == answer


def test_every_byte_goes_through_the_pipe(tmp_path: Path) -> None:
    scan([*SCANNER, str(tmp_path / "memory")], [b"x" * 99_999, b"", b"y" * 200_001], PLENTY)
    assert (tmp_path / "memory").read_text() == "300000\n"


@pytest.mark.parametrize("code", [2, 3, 40, 126, 127, 255])
def test_any_other_answer_is_none(code: int) -> None:
    assert answers(python(f"import sys; sys.stdin.read(); sys.exit({code})"), [b"x"]) == (
        "document-not-scanned"
    )


def test_a_scanner_that_is_not_there_or_dies() -> None:
    assert answers(["/nowhere/scanner"], [b"x"]) == "document-not-scanned"
    assert answers([str(Path(__file__))], [b"x"]) == "document-not-scanned"
    killed = python("import os; os.kill(os.getpid(), 9)")
    assert answers(killed, MUCH) == "document-not-scanned"


@pytest.mark.parametrize(
    ("code", "answer"), [(0, "document-not-scanned"), (1, "document-infected")]
)
def test_a_scanner_that_reads_no_further(code: int, answer: str) -> None:
    """It may know enough to say no; it can't say yes."""
    stops = f"import os; os.read(0, 10); os.close(0); os._exit({code})"
    assert answers(python(stops), MUCH) == answer


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    with suppress(FileNotFoundError, ProcessLookupError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize("reads", ["", "sys.stdin.buffer.read()"])
def test_a_scanner_that_takes_too_long_is_ended_with_its_children(
    tmp_path: Path, reads: str
) -> None:
    """Whether it reads all and goes on for ever, or does not read at all."""
    pids = tmp_path / "pids"
    lasting = (
        "import os, subprocess, sys, time; "
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}'); "
        f"{reads or 'pass'}; time.sleep(600)"
    )
    assert answers(python(lasting), MUCH, 3) == "document-not-scanned"
    both = [int(pid) for pid in pids.read_text().split()]
    end = monotonic() + PLENTY
    while any(map(alive, both)) and monotonic() < end:
        sleep(0.01)
    assert not any(map(alive, both))


def test_what_stops_the_document_stops_the_scanner(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise NotVerified("age-payload-chunk", "A part of the file was changed.")

    with pytest.raises(NotVerified):
        scan([*SCANNER, str(tmp_path / "memory")], pieces(), PLENTY)
    assert not (tmp_path / "memory").exists(), "it was ended before it could take a part for all"


def test_memory_is_flat() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(2**20)

    tracemalloc.start()
    scan(SCANNER, pieces(), PLENTY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_scanner_learns_nothing_of_our_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASE_HANDOVER_PASSPHRASE", "secret")
    said = tmp_path / "environment"
    tell = f"import os, sys; sys.stdin.read(); open({str(said)!r}, 'w').write(repr(os.environ))"
    scan(python(tell), [b"x"], PLENTY)
    assert "PATH" in said.read_text()
    assert "CASE_HANDOVER" not in said.read_text()


def test_no_descriptor_is_left_open() -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - the same way twice
    for command in (SCANNER, ["/nowhere"], python("pass")):
        answers(command, MUCH)
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208
