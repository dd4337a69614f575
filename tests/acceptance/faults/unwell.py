"""The `handover` command on a machine that is unwell, as files in the folder FAULTS say.

`clock`: seconds by which the machine's clock is wrong. `disk`: the number of the error that a
folder's disk gives whenever sealed files are made safe on it. Leases are short: what a killed
worker was at is taken over in seconds.
"""

import datetime as dt
import os
from pathlib import Path
from typing import Any

from app import main, worker
from app.store import clock, sqlite

FAULTS = Path(os.environ["CASE_HANDOVER_FAULTS"])
fsync = os.fsync


def wrong_by() -> float:
    try:
        return float((FAULTS / "clock").read_text())
    except (FileNotFoundError, ValueError):
        return 0.0


class Datetime(dt.datetime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return dt.datetime.now(tz) + dt.timedelta(seconds=wrong_by())


class Time:
    """The module `time`, with the wall clock of this machine."""

    def __getattr__(self, name: str) -> Any:
        import time

        return getattr(time, name)

    def time(self) -> float:
        return float(Datetime.now(dt.UTC).timestamp())


def unwell_fsync(descriptor: int) -> None:
    try:
        code = int((FAULTS / "disk").read_text())
    except (FileNotFoundError, ValueError):
        code = 0
    if code:
        raise OSError(code, os.strerror(code))
    fsync(descriptor)


if __name__ == "__main__":
    for module in (clock, sqlite):
        vars(module)["datetime"] = Datetime
    vars(clock)["time"] = Time()
    vars(worker).update(LEASE=dt.timedelta(seconds=6), KEPT=2.0, TROUBLE=1.0)
    vars(os)["fsync"] = unwell_fsync
    main.command()
