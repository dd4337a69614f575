"""What all commands share: the home folder, who is asking, output, and exit codes.

Exit codes: 0 done; 1 unexpected; 2 wrong usage; 3 refused: malformed or not verified; 4 not found
or not allowed; 5 conflict with what has happened; 6 not now, try again.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app.access import ROLES, Caller
from app.errors import (
    CaseHandoverError,
    Conflict,
    Malformed,
    NotAllowed,
    NotFound,
    NotVerified,
    TooLarge,
    Unavailable,
)
from app.flows.intake import json_object
from app.flows.site import Site

EXIT: dict[type[CaseHandoverError], int] = {
    Malformed: 3,
    NotVerified: 3,
    TooLarge: 3,
    NotAllowed: 4,
    NotFound: 4,
    Conflict: 5,
    Unavailable: 6,
}


@dataclass
class Shell:
    """How commands reach the service. Whoever can read the home folder's keys works as its
    operator, with every role; what they open is logged like anybody's."""

    home: Path
    open_site: Callable[[Path, str | None], Site]

    def site(self) -> Site:
        """The service of the home folder."""
        return self.open_site(self.home, os.environ.get("CASE_HANDOVER_PASSPHRASE"))


def operator(site: Site) -> Caller:
    """The person at the terminal, by their login."""
    login = "".join(c for c in os.environ.get("USER", "unknown") if c.isalnum())[:40] or "unknown"
    return Caller(f"cli:{login}", frozenset(ROLES), frozenset({site.settings.receiving_team}))


class Group(click.Group):
    """A group whose commands say what went wrong in a sentence, and exit with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CaseHandoverError as error:
            if ctx.find_root() is not ctx:
                raise
            click.echo(f"{error.detail} [{error.code}]", err=True)
            for one in error.ids:
                click.echo(f"  {one}", err=True)
            sys.exit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1))


def show_json(value: Any) -> None:
    """For programs: one JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def read_json(path: Path, limit: int = 33 * 2**20) -> dict[str, Any]:
    """A JSON file, strictly. Raises Malformed, TooLarge."""
    return json_object(path.read_bytes(), limit)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
