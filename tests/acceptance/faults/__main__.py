"""A run as long as one likes: `python -m tests.acceptance.faults --help`."""

import argparse
import secrets
import tempfile
import time
from pathlib import Path

from tests.acceptance.faults.run import run
from tests.postgres import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both",
                        help="both: the sender's is SQLite, the receiver's PostgreSQL")  # fmt: skip
    parser.add_argument("--keep", type=Path, help="An empty folder for what is left of it.")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.faults} faults, database {asked.database}", flush=True)
    server = None if asked.database == "sqlite" else serve(fsync=True)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            urls = (
                "" if asked.database != "postgresql" or server is None else server.create(),
                "" if server is None else server.create(),
            )
            counted = run(asked.keep or Path(folder), urls, server, asked.seed, asked.faults)
    finally:
        if server is not None:
            server.stop()
    for what, number in sorted(counted.items()):
        print(f"{number:8}  {what}")
    print(f"every invariant held, after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
