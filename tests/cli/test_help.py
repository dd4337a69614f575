"""Each command explains itself, and the README speaks of the commands that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli.common import Shell
from app.cli.root import handover
from app.flows.site import Site

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def every(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every(command, *path, name)


def no_site(home: Path, passphrase: str | None) -> Site:
    raise AssertionError("help opens no service")


SHELL = Shell(Path(), no_site)
COMMANDS = dict(every(handover))
PATHS = [pytest.param(path, id=" ".join(path)) for path in COMMANDS]


@pytest.mark.parametrize("path", PATHS)
def test_every_command_and_option_has_help(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    result = CliRunner().invoke(handover, [*path, "--help"], obj=SHELL)
    assert (result.exit_code, result.stderr) == (0, "")
    assert command.help
    assert command.help.splitlines()[0] in " ".join(result.stdout.split())
    for one in command.params:
        if isinstance(one, click.Option):
            assert one.help, f"{one.opts[0]} says nothing of itself"


def test_the_first_help_names_every_command() -> None:
    said = CliRunner().invoke(handover, ["--help"], obj=SHELL).stdout
    listed = {line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line}
    assert listed == set(handover.commands)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_two_names(option: str) -> None:
    assert CliRunner().invoke(handover, [option]).exit_code == 0


def test_the_version_is_said() -> None:
    assert re.search(r"\d+\.\d+\.\d+", CliRunner().invoke(handover, ["--version"]).stdout)


def readme_lines() -> Iterator[list[str]]:
    """The words of each command line that the README gives: in its table, its text, its blocks."""
    commands = README.partition("<!-- settings -->")[0]
    table = [row.split("|")[1] for row in commands.splitlines() if row.startswith("| `")]
    for cell in table:
        yield from (code.split() for code in re.findall(r"`(?:handover )?([^-`]+[^`]*)`", cell))
    whole = re.sub(r"\\\n +", "", README)
    for words in re.findall(r"(?:^ {4}|`|bin/)handover ([^`\n]+)", whole, re.MULTILINE):
        yield re.sub(r"^--home \S+ ", "", words).split()


def command_of(words: list[str]) -> tuple[str, ...]:
    """The command that a line calls."""
    paths = (tuple(words[:length]) for length in (3, 2))
    return next((path for path in paths if path in COMMANDS), tuple(words[:1]))


def test_every_command_line_of_the_readme_exists() -> None:
    lines = [words for words in readme_lines() if words]
    assert len(lines) > 15
    for words in lines:
        path = command_of(words)
        assert path in COMMANDS, f"README speaks of `handover {' '.join(words)}`"
        known = {name for one in COMMANDS[path].params for name in one.opts}
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        assert options <= known, f"`handover {' '.join(path)}` has no {options - known}"


def test_every_command_is_in_the_readme() -> None:
    spoken_of = {command_of(words)[0] for words in readme_lines() if words}
    assert spoken_of == set(handover.commands)
