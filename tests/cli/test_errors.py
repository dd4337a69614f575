"""What goes wrong is said in a sentence, with its exit code, and never as a traceback."""

import errno
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import errors
from app.cli import common
from app.cli.common import EXIT, Shell
from app.cli.root import handover
from app.errors import CaseHandoverError
from app.flows.site import Site
from tests.cli.homes import Home

SECRET = "Maisie of 41b Nowhere Street"
FAMILIES = [kind for kind in vars(errors).values() if isinstance(kind, type)]


def run(error: BaseException, tmp_path: Path) -> tuple[int, str]:
    """Exit code and words of a command in which `error` is raised."""

    def open_site(home: Path, passphrase: str | None) -> Site:
        raise error

    result = CliRunner().invoke(
        handover, ["--home", str(tmp_path), "list"], obj=Shell(Path(), open_site)
    )
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.exit_code, result.stderr


@pytest.mark.parametrize("kind", FAMILIES, ids=lambda kind: kind.__name__)
def test_every_family_has_its_code(kind: type[CaseHandoverError], tmp_path: Path) -> None:
    code, said = run(kind("its-code", "Do this"), tmp_path)
    assert said == "Do this [its-code]\n"
    assert code == (1 if kind is CaseHandoverError else EXIT[kind])


def test_the_codes_are_those_of_the_documents() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert set(EXIT) == set(FAMILIES) - {CaseHandoverError}
    for text in (readme, str(common.__doc__)):
        said = " ".join(text.split()).partition("Exit codes: ")[2]
        assert set(re.findall(r"(\d) [a-z]", said[:200])) == {
            "0",
            "1",
            "2",
            *map(str, EXIT.values()),
        }


def test_a_kind_of_a_family_has_the_family_s_code(tmp_path: Path) -> None:
    class Refused(errors.Conflict):
        pass

    assert run(Refused("its-code", "Do this"), tmp_path)[0] == 5


def test_ids_and_the_place_are_said(tmp_path: Path) -> None:
    error = errors.Conflict("items-open", "These", ids=("a", "b"), pointer="/codes/0")
    assert run(error, tmp_path) == (5, "These [items-open]\n  a\n  b\n  /codes/0\n")


def test_a_bug_gives_its_type_and_line_and_not_its_text(tmp_path: Path) -> None:
    code, said = run(ValueError(SECRET), tmp_path)
    assert code == 1
    assert SECRET not in said
    assert re.fullmatch(r"This is a bug: ValueError at test_errors\.py:\d+\n", said)


def test_the_system_s_errors_are_sentences(tmp_path: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/srv/x")
    assert run(error, tmp_path) == (1, "/srv/x: Permission denied\n")
    assert run(OSError(errno.ENOSPC, "No space left on device"), tmp_path) == (
        1,
        "No space left on device\n",
    )


def test_nobody_reads_on(tmp_path: Path) -> None:
    assert run(BrokenPipeError(errno.EPIPE, "Broken pipe"), tmp_path) == (1, "")


def test_an_interrupt_is_no_bug(tmp_path: Path) -> None:
    code, said = run(KeyboardInterrupt(), tmp_path)
    assert (code, said.strip()) == (1, "Aborted!")


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["list", "--nonsense"],
        ["show"],
        ["token", "create", "--subject", "x", "--role", "king"],
        ["verify", "ledger", "/nowhere"],
        ["send", "/nowhere/case.json", "--to", "gss:E1"],
        ["init", "--nation", "france"],
        ["demo", "--keep", "README.md/x", "extra"],
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, args: list[str]) -> None:
    result = Home(tmp_path).run(*args)
    assert (result.exit_code, "Error: " in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "args",
    [
        ["token", "list"],
        ["keys", "show"],
        ["directory", "show"],
        ["list"],
        ["list", "--overdue"],
        ["overdue"],
    ],
)
def test_json_is_json_and_nothing_else(home: Home, args: list[str]) -> None:
    result = home.run(*args, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    json.loads(result.stdout)


def test_a_demonstration_is_kept_in_an_empty_folder_only(home: Home) -> None:
    home.refused("demo", "--keep", home.path, code="folder-not-empty", exits=5)


def test_what_a_terminal_takes_for_commands_is_shown_as_a_question() -> None:
    assert common.plain("a\x1b[2J\x07\u200fب\n") == "a?[2J?\u200fب?"
