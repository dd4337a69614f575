"""The search for words in clear is able to fail: in every spelling, and in every kind of place."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.plaintext import Watch, spellings

WORD = "Ľúčňov-Zquibble"
PLANT = """
import os, sqlite3, sys, tempfile
from pathlib import Path
home, word = Path(sys.argv[1]), sys.stdin.readline().rstrip("\\n")
kind = sys.argv[2]
kept = []
if kind == "database":
    for journal in ("wal", "delete"):
        kept.append(sqlite3.connect(home / f"{journal}.db"))
        kept[-1].execute(f"pragma journal_mode={journal}")
        kept[-1].execute("create table t (x)")
        kept[-1].execute("insert into t values (?)", (word,))
        kept[-1].commit()
elif kind == "blob":
    (home / "uploads").mkdir()
    (home / "uploads" / "00000000000000000000").write_text(word, "utf-8")
elif kind == "name":
    (home / word).touch()
elif kind == "log":
    print(word, file=(home / "log.jsonl").open("w", encoding="utf-8"))
elif kind == "temporary":
    kept.append(tempfile.NamedTemporaryFile())
    kept[-1].write(word.encode())
    kept[-1].flush()
elif kind == "deleted":
    kept.append(tempfile.TemporaryFile())
    kept[-1].write(word.encode())
    kept[-1].flush()
elif kind == "child":
    import subprocess
    kept.append(subprocess.Popen(["sleep", "600"], env={**os.environ, "X": word}))
print("ready", flush=True)
sys.stdin.read()
for one in kept:
    if hasattr(one, "kill"):
        one.kill()
"""
PLACES = {
    "database": "home",
    "blob": "home",
    "name": "home",
    "log": "home",
    "temporary": "temporary",
    "deleted": "open file",
    "arguments": "arguments",
    "environment": "environment",
    "child": "environment",
    "error": "error",
    "nothing": None,
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("place", PLACES)
def test_a_word_that_a_process_leaves_anywhere_is_found(tmp_path: Path, place: str) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    argument = [WORD] if place == "arguments" else []
    variable = {"X": WORD} if place == "environment" else {}
    process = subprocess.Popen(
        [sys.executable, "-c", PLANT, home, place, *argument],
        env={**os.environ, **variable, "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    watch = Watch((WORD,), [home], [temporary], lambda: [process.pid], tmp_path)
    try:
        process.stdin.write(f"{WORD}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        if place == "error":
            watch.said.append(("error", f'{{"detail": "{WORD}"}}'.encode()))
        watch.look("now")
    finally:
        process.communicate()
    kinds = {leak.partition(" in ")[2].partition(f" {os.sep}")[0] for leak in watch.leaks}
    expected = PLACES[place]
    assert any(kind.startswith(expected) for kind in kinds) if expected else not watch.leaks


@pytest.mark.parametrize("how", spellings(WORD))
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_every_spelling_is_found(tmp_path: Path, how: str, before: int) -> None:
    """As written by whatever is at hand, in the middle of other text."""
    watch = Watch((WORD,), [], [], list, tmp_path)
    assert watch.found(b"x" * before + spellings(WORD)[how] + b"xyz")
    assert not watch.found(b"x" * 1000 + "Ľúčňov Zquibbl".encode())


@pytest.mark.parametrize("before", range(6))
def test_base64_is_found_wherever_the_word_begins(tmp_path: Path, before: int) -> None:
    watch = Watch((WORD,), [], [], list, tmp_path)
    text = b"\xfe" * before + WORD.encode() + b"\xfe\xfe"
    assert watch.found(base64.b64encode(text))
    assert watch.found(base64.urlsafe_b64encode(text))
