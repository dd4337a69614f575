"""`handover open`: the words of a case, as they were sent or with all that was said since."""

import errno
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from app.access import Caller
from app.cli.common import Shell, operator, show_json
from app.errors import CaseHandoverError, NotAllowed, NotVerified, Unavailable
from app.flows import continuity, disclose
from app.flows.disclose import Disclosed
from app.flows.home import private_write
from app.flows.site import Site

LONGEST_NAME = 255
"""Bytes of a file's name, on the file systems that people have."""


@click.command("open")
@click.argument("handover")
@click.option("--purpose", required=True, prompt=True, help="What you need it for. It is logged.")
@click.option("--words", "kind", default="dispatch", show_default=True, help="Of which statement.")
@click.option(
    "--merged", is_flag=True, help="The case as it is now: with all supplements and corrections."
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save the case file and its documents into this new folder, and the case as it is now.",
)
@click.pass_obj
def open_(
    shell: Shell, *, handover: str, purpose: str, kind: str, merged: bool, save: Path | None
) -> None:
    """Open the words of a case, for a stated purpose."""
    of_the_case = kind == "dispatch"
    if merged and (save or not of_the_case):
        raise click.UsageError("--merged goes alone; --save saves the case as it is now, too.")
    if save is not None and save.exists():  # before anything is opened, and logged
        raise FileExistsError(errno.EEXIST, "File exists", save)
    site = shell.site()
    who = operator(site)
    if merged:
        _print(continuity.opened(site, who, handover, purpose))
        return
    shown = disclose.words(site, who, handover, kind, purpose)
    later = continuity.later(site, handover) if of_the_case else 0
    if save is None:
        _print(shown)
        if later:
            click.echo(
                f"THERE IS MORE: supplements or corrections, {later} in all. "
                "See the case with them: --merged",
                err=True,
            )
        return
    _say_what_is_missing(shown)
    save.mkdir(mode=0o700)
    private_write(save / f"{'casefile' if of_the_case else kind}.json", [_pretty(shown.value)])
    case = continuity.opened(site, who, handover, purpose).value if later else None
    documents = disclose.documents(site, who, handover) if of_the_case else ()
    _save_more(site, who, handover, purpose, save, documents, case)


def _save_more(
    site: Site,
    who: Caller,
    handover: str,
    purpose: str,
    save: Path,
    documents: Iterable[int],
    case: dict[str, Any] | None,
) -> None:
    """The documents of the papers; the case as it is now, where there is one, and its others."""
    found: list[tuple[str | None, int, Path]] = [(None, one, save) for one in documents]
    if case is not None:
        private_write(save / "merged.json", [_pretty(case)])
        found += _documents_since(case, save)
    withheld: CaseHandoverError | None = None
    for statement, number, folder in found:
        try:
            document = disclose.attachment(site, who, handover, number, purpose, statement)
        except (
            NotAllowed,
            NotVerified,
            Unavailable,
        ) as error:  # one document never holds up the others
            click.echo(f"Document {number} is not among them. {error.detail}.", err=True)
            withheld = error
            continue
        folder.mkdir(mode=0o700, exist_ok=True)
        private_write(folder / _file_name(number, document.name), document.pieces)
    click.echo(f"Saved in {save}. What is there is no longer sealed: delete it when you are done.")
    if withheld is not None:
        raise withheld


def _documents_since(case: dict[str, Any], save: Path) -> Iterator[tuple[str | None, int, Path]]:
    """Those of each supplement and correction, which have a folder each."""
    for source in case["sources"]:
        if source["kind"] != "dispatch":
            folder = save / f"{source['kind']}-{source['statement'][:12]}"
            yield from ((source["statement"], number, folder) for number in source["documents"])


def _print(shown: Disclosed) -> None:
    _say_what_is_missing(shown)
    show_json(shown.value)


def _say_what_is_missing(shown: Disclosed) -> None:
    """Beside the words, so that programs read these alone."""
    if shown.withheld:
        entries = "1 entry is" if shown.withheld == 1 else f"{shown.withheld} entries are"
        click.echo(f"{entries} withheld for their handling label.", err=True)
    if shown.masked:
        masked = (
            "1 protected address is" if shown.masked == 1
            else f"{shown.masked} protected addresses are"
        )  # fmt: skip
        click.echo(f"{masked} masked; see `handover addresses`.", err=True)


def _file_name(number: int, name: str) -> str:
    """The document's number and name, as long as a file's name may be: 255 bytes."""
    stem, dot, ending = name.rpartition(".")
    whole = f"{number:04d} {name}"
    if len(whole.encode()) <= LONGEST_NAME:
        return whole
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = LONGEST_NAME - len(f"{number:04d} {dot}{ending}".encode())
    return f"{number:04d} {stem.encode()[:room].decode(errors='ignore')}{dot}{ending}"


def _pretty(words: Any) -> bytes:
    return json.dumps(words, indent=2, ensure_ascii=False).encode()
