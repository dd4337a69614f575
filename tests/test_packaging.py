"""What we ship: the pins, the bill of materials, and the container image's recipe."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.cli.root import handover

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = ("objects", "postgresql")
"""The extras that the container has too."""
RANGES = {
    "requirements.txt": [
        *PROJECT["project"]["dependencies"],
        *(one for extra in SHIPPED for one in PROJECT["project"]["optional-dependencies"][extra]),
    ],
    "requirements-build.txt": PROJECT["build-system"]["requires"],
}
DIGEST = re.compile(r"--hash=sha256:[0-9a-f]{64}")
HASHED = {"--require-hashes", "--only-binary"}


def joined(text: str) -> list[str]:
    """Lines that say something, those that go on with a backslash as one."""
    whole = text.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in whole if line.strip() and line[0] != "#"]


def pins(name: str = "requirements.txt") -> dict[str, tuple[Requirement, list[str]]]:
    """Each pinned package, and what stands on its line after it."""
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for line in joined((ROOT / name).read_text(encoding="utf-8")):
        wanted, *rest = line.split(" --")
        one = Requirement(wanted)
        assert canonicalize_name(one.name) not in found, "pinned once, for every platform"
        found[canonicalize_name(one.name)] = one, [f"--{word}" for word in rest]
    return found


def version(one: Requirement) -> str:
    return str(one.specifier).removeprefix("==")


@pytest.mark.parametrize("name", RANGES)
def test_every_dependency_is_pinned_within_its_range(name: str) -> None:
    pinned = pins(name)
    for text in RANGES[name]:
        wanted = Requirement(text)
        one, _ = pinned[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version(one)), f"{one} is not in {wanted}: .ci/pins"
        for machine in ("x86_64", "aarch64"):
            where = {"sys_platform": "linux", "platform_machine": machine}
            needed = wanted.marker is None or wanted.marker.evaluate(where)
            assert needed == (one.marker is None or one.marker.evaluate(where))


@pytest.mark.parametrize("name", RANGES)
def test_every_pin_is_exact_hashed_and_names_no_address(name: str) -> None:
    for one, rest in pins(name).values():
        assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(one.specifier)), one
        assert one.url is None
        assert rest, one
        assert all(DIGEST.fullmatch(word) for word in rest), one
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def bill() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    return value


def test_the_bill_of_materials_lists_the_pins_and_nothing_else() -> None:
    listed = {canonicalize_name(one["name"]): one["version"] for one in bill()["components"]}
    assert len(listed) == len(bill()["components"])
    assert listed == {name: version(one) for name, (one, _) in pins().items()}
    subject = bill()["metadata"]["component"]
    project = PROJECT["project"]
    assert (subject["name"], subject["version"]) == (project["name"], project["version"])


def test_the_bill_of_materials_has_the_form_of_cyclonedx() -> None:
    """`.ci/pins` validates against CycloneDX's own schema; here, what readers of it need."""
    whole = bill()
    assert (whole["bomFormat"], whole["specVersion"], whole["version"]) == ("CycloneDX", "1.6", 1)
    refs = {one["bom-ref"] for one in whole["components"]}
    assert len(refs) == len(whole["components"])
    for one in whole["components"]:
        name = canonicalize_name(one["name"])
        assert one["type"] == "library"
        assert one["purl"] == f"pkg:pypi/{name}@{one['version']}"
    root = whole["metadata"]["component"]["bom-ref"]
    graph = {one["ref"]: set(one.get("dependsOn", ())) for one in whole["dependencies"]}
    assert graph.keys() == refs | {root}
    reached, waiting = set(), {root}
    while waiting:
        reached |= waiting
        waiting = {to for ref in waiting for to in graph[ref]} - reached
    assert reached == graph.keys(), "each is there because we or another need it"


def test_the_licence_of_every_component_is_known() -> None:
    """One package says nothing of its own in its metadata; its project's licence is zlib's."""
    without = {one["name"] for one in bill()["components"] if not one.get("licenses")}
    assert without == {"pysqlite3"}


def test_the_bill_of_materials_is_the_same_whenever_it_is_made() -> None:
    assert "serialNumber" not in bill()
    assert "timestamp" not in bill()["metadata"]


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined(text))]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def named(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for one, rest in stage if one == word]


def test_the_image_is_built_in_one_stage_and_run_from_another() -> None:
    build, run = stages()
    (base,) = {rest.split()[0] for word, rest in instructions() if word == "FROM"}
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base), "a minor, pinned, and no registry"
    assert not named(run, "RUN"), "the image holds what was built, and needs no shell"
    assert all(one.startswith("--from=build ") for one in named(run, "COPY"))
    assert named(build, "RUN")
    assert "://" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_image_runs_as_nobody_with_no_shell() -> None:
    _, run = stages()
    (user,) = named(run, "USER")
    assert re.fullmatch(r"([1-9]\d{3,}):\1", user), "a number, so that platforms see it isn't root"
    assert f"--chown={user}" in named(run, "COPY")[-1]
    (entry,), (command,) = named(run, "ENTRYPOINT"), named(run, "CMD")
    assert json.loads(entry) == ["handover"]
    assert json.loads(command)[0] in handover.commands
    assert named(run, "STOPSIGNAL") == ["SIGTERM"]
    assert named(run, "EXPOSE") == ["8080"]


def test_the_image_writes_to_its_home_only() -> None:
    _, run = stages()
    (environment,) = named(run, "ENV")
    values = dict(word.split("=", 1) for word in environment.split())
    assert named(run, "VOLUME") == [values["CASE_HANDOVER_HOME"]]
    assert values["PYTHONDONTWRITEBYTECODE"] == "1"
    assert not {name for name in values if "PASSPHRASE" in name or "TOKEN" in name}


def test_the_image_is_asked_for_its_health_by_a_command_that_there_is() -> None:
    _, run = stages()
    (check,) = named(run, "HEALTHCHECK")
    program, command = json.loads(check.partition("CMD ")[2])
    assert program in PROJECT["project"]["scripts"]
    assert command in handover.commands


def copied() -> Iterator[str]:
    for rest in named(stages()[0], "COPY"):
        yield from rest.split()[:-1]


def test_what_the_build_copies_is_there_and_let_in() -> None:
    let_in = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    ]
    assert sorted(copied()) == sorted(let_in)
    for name in copied():
        assert (ROOT / name).exists()


def pip_lines(lines: list[str]) -> list[list[str]]:
    """The words of each call of pip that installs or builds."""
    calls = [call.split() for line in lines for call in line.split(" && ")]
    return [
        words for words in calls
        if any("/pip" in word for word in words) and {"install", "wheel"} & set(words)
    ]  # fmt: skip


def test_pip_takes_nothing_that_is_not_pinned() -> None:
    calls = pip_lines(named(stages()[0], "RUN"))
    assert len(calls) == 4
    for words in calls:
        if "-r" in words:
            assert set(words) >= HASHED, words
            assert words[words.index("-r") + 1] in RANGES
        else:
            assert "--no-deps" in words
            assert "wheel" not in words or "--no-build-isolation" in words


def test_ci_installs_as_the_image_does() -> None:
    """Each call of pip in the image stands in `.ci/run`, with the same options."""
    run = joined((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    there = [set(words) for words in pip_lines(run)]
    for words in pip_lines(named(stages()[0], "RUN")):
        meant = {word for word in words if word[0] == "-" and word != "--wheel-dir"}
        files = {word for word in words if word in RANGES}
        assert any(meant | files <= one for one in there), words
    assert any(" check" in line and "/pip" in line for line in run)


def test_the_wheel_carries_the_bill_of_materials() -> None:
    target = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert target["sbom-files"] == ["sbom.cdx.json"]


def constant(name: str) -> Any:
    """What the program that makes the pins assigns."""
    tree = ast.parse((ROOT / ".ci" / "pins").read_text(encoding="utf-8"))
    (found,) = [
        ast.literal_eval(node.value) for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]  # fmt: skip
    return found


def test_the_tools_that_make_the_pins_are_pinned() -> None:
    assert all("==" in tool for tool in constant("TOOLS"))


def test_what_runs_on_many_machines_is_shipped() -> None:
    """The README says that the container has both."""
    assert constant("SHIPPED") == SHIPPED
    assert {"obstore", "psycopg"} < pins().keys()
