"""Runs targets one after the other, each in a process of its own, and says how they did."""

import argparse
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

TARGETS = sorted(
    path.stem for path in (Path(__file__).parent / "targets").glob("*.py") if path.stem[0] != "_"
)
SECONDS, MEGABYTES, BYTES = 10, 1024, 128 * 1024
"""For one input: the most time; for the process: the most memory; the longest input."""
_A_CHILD = ("sh", "-c", '"$@"; exit $?', "sh")
"""A process starts with the largest memory that its parent ever had, and the fuzzer would count it:
so its parent is a shell."""
ROW = "{:<11} {:>9} {:>8} {:>7} {:>8} {:>9} {:>8}"


def fuzz(target: str, runs: int, seed: int, keep: Path) -> tuple[dict[str, int], str]:
    """What libFuzzer counted, and what it printed; without counts it has crashed. `keep` gets the
    input that it crashed on."""
    with TemporaryDirectory() as corpus:
        for number, data in enumerate(import_module(f"tests.fuzz.targets.{target}").seeds()):
            (Path(corpus) / f"{number:04d}").write_bytes(data)
        done = subprocess.run(
            [
                *_A_CHILD, sys.executable, "-m", "tests.fuzz.inside", target, f"-runs={runs}",
                f"-seed={seed}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}",
                f"-max_len={BYTES}", "-print_final_stats=1", f"-artifact_prefix={keep}/", corpus,
            ],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=False,
        )  # fmt: skip
    printed = (done.stdout + done.stderr).decode(errors="replace")
    return (_counts(printed) if done.returncode == 0 else {}), printed


def _counts(printed: str) -> dict[str, int]:
    found = re.findall(r"^stat::(\w+):\s+(\d+)$", printed, re.MULTILINE)
    counts = {name: int(number) for name, number in found}
    (edges,) = re.findall(r"^#\d+\s+DONE\s+cov: (\d+)", printed, re.MULTILINE)
    (seconds,) = re.findall(r"^Done \d+ runs in (\d+) second", printed, re.MULTILINE)
    return {**counts, "edges": int(edges), "seconds": int(seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz our parsers.")
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=200_000, help="inputs for each target")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--keep", type=Path, default=Path.cwd(), help="folder for what crashes")
    given = parser.parse_args()
    if not given.targets or set(given.targets) - set(TARGETS):
        parser.error(f"name one or more of {', '.join(TARGETS)}")
    _say("target", "runs", "seconds", "runs/s", "edges", "slowest s", "peak MB")
    crashed = False
    for target in given.targets:
        counts, printed = fuzz(target, given.runs, given.seed, given.keep)
        if not counts:
            crashed = True
            print(printed[-6000:], file=sys.stderr)
            _say(target, "CRASHED", "", "", "", "", "")
            continue
        runs, seconds = counts["number_of_executed_units"], counts["seconds"]
        rate = runs // max(seconds, 1)
        slowest, peak = counts["slowest_unit_time_sec"], counts["peak_rss_mb"]
        _say(target, runs, seconds, rate, counts["edges"], slowest, peak)
    sys.exit(crashed)


def _say(*columns: object) -> None:
    print(ROW.format(*columns), flush=True)


if __name__ == "__main__":
    main()
