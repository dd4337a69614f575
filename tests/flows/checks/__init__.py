"""Every check that stands between a stranger and the ledger, and the cases that need it.

The numbers are those of app/crypto/jws.py, app/flows/receive.py and app/bundle/admit.py. A case is
named `vectors:name`, or `story:name` for one of tests/flows/scenarios.py. What stands beside it is
what becomes of it without the check: mostly what an intruder would wish, and where a later check
would still say no, the name of that one, so that the table tells which checks stand alone.
"""

from typing import NamedTuple

from tests.flows.switches import Switch


class Check(NamedTuple):
    """What makes it vanish, and how each of its cases then ends."""

    number: str
    switch: Switch
    ends: dict[str, str]
