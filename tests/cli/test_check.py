"""`handover check`: what a case file lacks, without a service."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.casefile.readiness import RULES
from app.cli.common import Shell
from app.cli.root import handover
from app.flows.site import Site
from tests.casefile import samples

OUTCOME = {"id": samples.ref("outcome"), "what": "Invented outcome of Józef."}


def run(*args: str | Path) -> Result:
    def no_site(home: Path, passphrase: str | None) -> Site:
        raise AssertionError("this needs no service")

    return CliRunner().invoke(handover, ["check", *map(str, args)], obj=Shell(Path(), no_site))


def written(path: Path, case: Any) -> Path:
    file = path / "case.json"
    file.write_text(json.dumps(case))
    return file


def test_what_is_missing_is_told_with_its_question_and_place(tmp_path: Path) -> None:
    gap = {"id": samples.ref("gap"), "about": {"section": "needs"}, "reason": "not_held"}
    file = written(tmp_path, samples.case(outcomes=[OUTCOME], gaps=[gap]))
    result = run(file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "HIGH    An outcome does not say what follows if it is not reached." in result.stdout
    assert "outcome-without-consequence: /outcomes/0/consequence" in result.stdout
    assert "Gaps explained: 1." in result.stdout
    assert "Józef" not in result.stdout
    found = json.loads(run(file, "--json").stdout)
    ranks = ["high", "medium", "low"]
    order = [ranks.index(one["seriousness"]) for one in found["missing"]]
    assert order == sorted(order)
    assert sum(found["counts"].values()) == len(found["missing"])
    assert (
        found["explained"][0] | {"reason": "not_held", "where": "/gaps/0"}
        == (found["explained"][0])
    )


def test_what_several_children_lack_is_told_once_with_their_names(tmp_path: Path) -> None:
    child = samples.child(born_on="2020-01-02")
    names = {
        one: [{"kind": "legal", "full": f"{one} Inventado", "given": one}] for one in ("Ana", "Bo")
    }
    children = [child | {"id": samples.ref(one), "names": names.get(one, [])}
                for one in ("Ana", "Bo", "nobody")]  # fmt: skip
    gap = {"id": samples.ref("gap"), "about": {"section": "needs"}, "reason": "coming_by"}
    case = samples.case(children=children, gaps=[gap | {"coming_by": "2999-01-02"}])
    file = written(tmp_path, case)
    told = run(file).stdout
    of = f"(Ana; Bo; child {samples.ref('nobody')})"
    assert f"No father or male carer is named for a child, and no reason is given. {of}" in told
    assert told.count("father-absent: /children/0/father_missing, /children/1/") == 1
    found = json.loads(run(file, "--json").stdout)
    owed = sum(one["asked"] for one in found["declared"]) + 1
    assert "Gaps explained: 1, 1 of them coming by a day. Send it all the same" in told
    assert f"and {owed} answers are then owed" in told
    assert "Inventado" not in json.dumps(found)


def test_every_rule_is_listed_with_its_source() -> None:
    listed = json.loads(run("--rules", "--json").stdout)
    assert [one["code"] for one in listed] == [one.code for one in RULES]
    told = run("--rules").stdout
    assert all(one.code in told and one.source in told for one in RULES)


@pytest.mark.parametrize("case", [{}, samples.case(children=[]), samples.case(more=1)])
def test_what_is_no_case_file_is_refused(tmp_path: Path, case: dict[str, Any]) -> None:
    assert run(written(tmp_path, case)).exit_code == 3


def test_a_file_or_the_rules(tmp_path: Path) -> None:
    assert run().exit_code == 2
    assert run(written(tmp_path, samples.case()), "--rules").exit_code == 2
