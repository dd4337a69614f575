"""The command as a process: what it dies with stays in it."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 60
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
ASK = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)"
"""Prints PR_GET_DUMPABLE."""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
pytestmark = LINUX


def started(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    """A process that may dump its core into `folder`, as far as this machine lets it."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(_may_dump, most),
    )


def _may_dump(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # shells ignore it for what runs in background


def dies(process: subprocess.Popen[bytes], how: signal.Signals) -> bool:
    """Whether a core was dumped."""
    process.send_signal(how)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    process.communicate(timeout=PATIENCE)
    assert os.WTERMSIG(status) == how
    return os.WCOREDUMP(status)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    subprocess.run(
        [sys.executable, "-m", "app.main", "--home", home, "init", "--authority", "gss:E10000025",
         "--name", "Fictional County", "--endpoint", "https://handover.example",
         "--front-door", "01632 960000", "--port", "0", "--unencrypted-demo"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "cores"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)  # a control's core is large


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT])
def test_a_service_that_crashes_dumps_no_core(
    home: Path, folder: Path, how: signal.Signals
) -> None:
    process = started(folder, "-m", "app.main", "--home", str(home), "serve")
    assert process.stderr is not None
    assert b'"serving"' in process.stderr.readline()
    limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
    (core,) = [line.split() for line in limits if line.startswith("Max core file size")]
    assert core[4:6] == ["0", "0"]
    assert dies(process, how) is False
    assert list(folder.iterdir()) == []


def test_a_core_would_be_seen(folder: Path) -> None:
    """The same death, without our command, dumps one (where the machine lets anything)."""
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("this machine dumps no cores at all")
    process = started(folder, "-c", f"{ASK}; import time; time.sleep(600)")
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    assert dies(process, signal.SIGABRT) is True


def test_a_process_of_ours_is_not_dumpable(folder: Path) -> None:
    """Nor can it be looked into, where the limit does not count: a piped core pattern."""
    code = f"import app.main, sys; app.main.start = lambda _: exec({ASK!r}); app.main.command()"
    process = started(folder, "-c", code)
    out, _ = process.communicate(timeout=PATIENCE)
    assert out == b"0\n"
