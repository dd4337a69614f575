"""What all commands share: the home folder, who is asking, output, and exit codes.

Exit codes: 0 done; 1 unexpected; 2 wrong usage; 3 refused: malformed or not verified; 4 not found
or not allowed; 5 conflict with what has happened; 6 not now, try again.
"""

import errno
import json
import os
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

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
from app.flows import setup
from app.flows.intake import json_object
from app.flows.site import Site
from app.telemetry import where

T = TypeVar("T")
_REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional classes (UAX 9) of the embeddings, overrides and isolates."""

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
    passphrase: str | None = None

    def site(self) -> Site:
        """The service of the home folder, closed when the command ends."""
        site = self.unlocked(partial(self.open_site, self.home))
        click.get_current_context().call_on_close(site.database.close)
        return site

    def unlocked(self, use: Callable[[str | None], T]) -> T:
        """What `use` makes of the passphrase of our keys: that of the environment, or, where one
        is missing and somebody is there, one that is asked for, once."""
        given = self.passphrase or os.environ.get("CASE_HANDOVER_PASSPHRASE")
        try:
            return use(given)
        except Malformed as error:
            if error.code != "passphrase-missing" or not somebody_is_there():
                raise
        self.passphrase = click.prompt("Passphrase of our keys", hide_input=True, err=True)
        return use(self.passphrase)


def somebody_is_there() -> bool:
    """Whether a person can be asked something."""
    return sys.stdin.isatty()


def operator(site: Site) -> Caller:
    """The person at the terminal, by their login."""
    return Caller(login(), frozenset(ROLES), frozenset({site.settings.receiving_team}))


def login() -> str:
    """The login at the terminal, as the access log names it."""
    name = "".join(c for c in os.environ.get("USER", "") if c.isascii() and c.isalnum())[:40]
    return f"cli:{name or 'unknown'}"


def names(site: Site) -> dict[str, str]:
    """What each authority of the directory is called, by identifier."""
    value, _ = setup.current_directory(site)
    return {one["identifier"]: plain(one["name"]) for one in value["authorities"]}


def show_child(child: dict[str, Any], called: dict[str, str]) -> None:
    """A child as `read.show` has it: the state, who holds the plan, who responds to harm today."""
    holder = called.get(child["plan_held_by"], child["plan_held_by"])
    responds = called.get(child["responds"], child["responds"]) or "not known"
    click.echo(f"Child {child['child']}: {child['state']}")
    click.echo(f"  Plan held by {holder}. Responds to harm today: {responds}.")


def whom(who: dict[str, Any]) -> str:
    """Somebody in a line, as far as they are known."""
    parts = (who.get(name) for name in ("name", "role", "agency_name", "team", "phone"))
    return ", ".join(str(one) for one in parts if one)


def plain(text: str) -> str:
    """What others wrote, without characters that a terminal takes for commands, that begin a line
    or that show text in another order than it has. Marks and joiners of a script stay."""
    return "".join("?" if _commands(one) else one for one in text)


def _commands(character: str) -> bool:
    if unicodedata.category(character) in {"Cc", "Zl", "Zp"}:
        return True
    return unicodedata.bidirectional(character) in _REORDERING


class Group(click.Group):
    """A group whose commands say what went wrong in a sentence, and exit with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except CaseHandoverError as error:
            _say(f"{error.detail} [{error.code}]", *error.ids, error.pointer)
            sys.exit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1))
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has gone
                raise
            if isinstance(error, FileExistsError):
                _say(f"{error.filename} is there already: name a new one")
                sys.exit(EXIT[Conflict])
            _say(": ".join(filter(None, (error.filename and str(error.filename), error.strerror))))
        except Exception as error:  # its text may quote a case
            _say(f"This is a bug: {type(error).__name__} at {where(error)}")
        sys.exit(1)


def _say(sentence: str, *details: str | None) -> None:
    click.echo(sentence, err=True)
    for one in filter(None, details):
        click.echo(f"  {one}", err=True)


def show_json(value: Any) -> None:
    """For programs: one JSON document on standard output. What `plain` takes out of text is escaped
    in it, so that a program reads the same and a terminal obeys nothing."""
    written = json.dumps(value, indent=2, ensure_ascii=False)
    escaped = (f"\\u{ord(one):04x}" if one != "\n" and _commands(one) else one for one in written)
    click.echo("".join(escaped))


def read_json(path: Path, limit: int = 33 * 2**20) -> dict[str, Any]:
    """A JSON file, strictly. Raises Malformed, TooLarge."""
    return json_object(path.read_bytes(), limit)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
