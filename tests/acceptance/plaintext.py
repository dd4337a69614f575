"""Looking for words that must stand nowhere: in files, open files, processes, and what was said."""

import base64
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from time import time
from urllib.parse import quote


def spellings(word: str) -> dict[str, bytes]:
    """The ways in which a program may write a word down."""
    text = word.encode()
    escaped = json.dumps(word)[1:-1]
    found = {
        "utf-8": text,
        "json": escaped.encode(),
        "json, upper": re.sub(r"u[0-9a-f]{4}", lambda m: "u" + m[0][1:].upper(), escaped).encode(),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "percent": quote(word).encode(),
        "percent, lower": re.sub("%..", lambda m: m[0].lower(), quote(word)).encode(),
        "escaped bytes": repr(text)[2:-1].encode(),
        "hex": text.hex().encode(),
        "HEX": text.hex().upper().encode(),
    }
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + text).rstrip(b"=")
        middle = whole[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6]
        found[f"base64, {shift}"] = middle
        found[f"base64url, {shift}"] = middle.translate(bytes.maketrans(b"+/", b"-_"))
    return found


@dataclass
class Watch:
    """Places, and the words that must be in none of them. `look` adds to `leaks`.

    `said` is what others were told since the last look, by kind: bodies of errors, what went over
    the wire.
    """

    words: tuple[str, ...]
    homes: list[Path]
    temporary: list[Path]
    pids: Callable[[], list[int]]
    ours: Path
    """The test's own folder: what it writes itself is nobody's leak."""
    leaks: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    """Bytes that were looked at, by kind of place."""
    said: list[tuple[str, bytes]] = field(default_factory=list)
    began: float = field(default_factory=time)
    _known: set[tuple[str, int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._spelt = {
            data: f"{word} as {how}" for word in self.words for how, data in spellings(word).items()
        }

    def found(self, data: bytes) -> set[str]:
        return {name for spelt, name in self._spelt.items() if spelt in data}

    def look(self, when: str, *, everywhere: bool = False) -> None:
        """Everywhere: also at what anybody has put into the machine's folder of temporary files."""
        for kind, where, data in self._places(everywhere):
            self.seen[kind] += len(data)
            self.leaks += [f"{one} in {kind} {where}, {when}" for one in self.found(data)]

    def _places(self, everywhere: bool) -> Iterator[tuple[str, str, bytes]]:
        for home in self.homes:
            yield from (("home", *one) for one in self._files(home))
        for folder in self.temporary:
            yield from (("temporary", *one) for one in self._files(folder))
        if everywhere:
            yield from (("machine", *one) for one in self._files(Path(gettempdir())))
        for pid in self.pids():
            for each in (pid, *_children(pid)):
                yield from _process(each)
        yield from ((kind, "", data) for kind, data in self.said)
        self.said.clear()

    def _files(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """Names and contents; what was looked at and can't have changed is left out, and of the
        machine's folder what is older than this, or the test's own."""
        watched = folder in self.homes + self.temporary
        for parent, folders, names in os.walk(folder):
            if not watched:
                folders[:] = [one for one in folders if Path(parent, one) != self.ours]
            for path in (Path(parent, name) for name in names):
                with suppress(FileNotFoundError, PermissionError):  # gone, or another's
                    about = path.lstat()
                    key = (str(path), about.st_mtime_ns, about.st_size)
                    old = about.st_mtime < self.began - 1 and not watched
                    if not stat.S_ISREG(about.st_mode) or old or key in self._known:
                        continue
                    if path.name.isdigit():  # a segment of a blob never changes
                        self._known.add(key)
                    yield str(path), str(path).encode() + b"\0" + path.read_bytes()


def _children(pid: int) -> list[int]:
    """Those that are running now."""
    found = []
    for stat_ in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat_.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat_.parent.name))
    return found


def _process(pid: int) -> Iterator[tuple[str, str, bytes]]:
    """Its arguments, environment and open files, those that are deleted too.

    Environment and open files of a process that is not dumpable are for root only (proc(5)): what
    this user can't see, no program of this user can.
    """
    folder = Path(f"/proc/{pid}")
    with suppress(FileNotFoundError, ProcessLookupError):
        yield "arguments", str(pid), (folder / "cmdline").read_bytes()
        try:
            yield "environment", str(pid), (folder / "environ").read_bytes()
            for one in (folder / "fd").iterdir():
                with suppress(FileNotFoundError):
                    if stat.S_ISREG(one.stat().st_mode):
                        yield "open file", str(one.readlink()), one.read_bytes()
        except PermissionError:
            assert os.geteuid() != 0
