"""`handover keys recovery`: our keys, when nobody has their passphrase any more."""

from pathlib import Path

import click

from app import settings as configuration
from app.cli.common import FILE, Shell, somebody_is_there
from app.errors import Malformed
from app.flows import recovery as recovering
from app.flows.home import PASSPHRASE, private_replace, private_write, stored_passphrase
from app.flows.recovery import LIMIT, spelt

_CLEAR = "\033[H\033[2J\033[3J"
"""Empties a terminal, and what it has scrolled away (ECMA-48 and xterm)."""


@click.group()
def recovery() -> None:
    """Have any two of several people recover the keyring's passphrase, and no one alone.

    The steps are in openapi/recovery.md.
    """


@recovery.command()
@click.option("--holder", "holders", multiple=True, required=True, help="Two of them, or more.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("recovery"),
    show_default=True,
    help="The new folder for the files.",
)
@click.pass_obj
def make(shell: Shell, holders: tuple[str, ...], out: Path) -> None:
    """A secret for each holder, shown once, and a file for each two of them."""
    settings = configuration.load(shell.home)
    keyring = (shell.home / settings.keyring).read_bytes()
    out.mkdir(mode=0o700)
    try:
        made = shell.unlocked(
            lambda given: recovering.make(
                keyring, given or stored_passphrase(shell.home, settings), holders
            )
        )
    except BaseException:
        out.rmdir()
        raise
    for name, data in made.files.items():
        private_write(out / name, [data])
    for holder, secret in made.secrets.items():
        _show(holder, secret)
    click.echo(f"Keep the files of {out} with every backup, and the secrets with their holders.")


@recovery.command()
@click.argument("file", type=FILE)
@click.pass_obj
def use(shell: Shell, file: Path) -> None:
    """Write the passphrase file anew, from the FILE and the secrets of two holders."""
    settings = configuration.load(shell.home)
    keyring = (shell.home / settings.keyring).read_bytes()
    with file.open("rb") as opened:
        sealed = opened.read(LIMIT + 1)
    one, other = (_ask(f"Secret of the {which} holder") for which in ("first", "second"))
    passphrase = recovering.use(keyring, sealed, one, other)
    written = shell.home / (settings.passphrase_file or PASSPHRASE)
    private_replace(written, f"{passphrase}\n".encode())
    click.echo(f"The passphrase opens the keyring, and is in {written} again.")


def _show(holder: str, secret: str) -> None:
    """To this holder alone, where somebody is there to be shown it."""
    if not somebody_is_there():
        click.echo(f"{holder}: {secret}")
        return
    click.pause(f"Now {holder} alone looks at the screen: press a key.", err=True)
    click.echo(f"{holder}: {secret}")
    click.pause("Write it down and compare; press a key, and it is gone.", err=True)
    click.echo(_CLEAR, nl=False)


def _ask(text: str) -> str:
    def checked(typed: str) -> str:
        try:
            return spelt(typed)
        except Malformed as error:  # asked again
            raise click.UsageError(error.detail) from None

    answer: str = click.prompt(text, hide_input=True, err=True, value_proc=checked)
    return answer
