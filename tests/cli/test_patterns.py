"""`handover patterns`, of a handover and of a file."""

import json
from pathlib import Path

from app.casefile.patterns.words import NAMES
from tests.casefile import samples
from tests.cli import case
from tests.cli.homes import Home, Two

HOSTILE = "\x1b[31mred\u202e\nnext"


def test_a_handover_is_counted_for_a_purpose(sent: Two) -> None:
    for at in (sent.sender, sent.receiver):
        said = at.ok("patterns", sent.handover, "--purpose", case.PURPOSE)
        assert "Days since each child was seen\n" in said
        assert "last seen at no time on record" in said
    found = sent.receiver.value("patterns", sent.handover, "--purpose", case.PURPOSE)
    assert [one["child"] for one in found["seen"]] == [case.CHILD]
    logged = sent.receiver.ok("audit", "show")
    assert logged.count("case/content.json") == 2


def test_it_asks_what_for(sent: Two) -> None:
    assert "Purpose" in sent.receiver.ok("patterns", sent.handover, stdin=f"{case.PURPOSE}\n")
    result = sent.receiver.run("patterns", sent.handover, "--purpose", " ")
    assert (result.exit_code, "[access-purpose]" in result.stderr) == (3, True)


def test_a_file_is_counted_without_a_service(tmp_path: Path) -> None:
    """Of which there is none in this home."""
    home = Home(tmp_path / "nothing")
    event = samples.event(kind="missed_appointment", when={"start": "2030-02-03"})
    file = home.write("case.json", samples.case(chronology=[event]))
    assert "Jan to Mar 2030: 1 appointment missed, 0 visits" in home.ok("patterns", file)
    found = home.value("patterns", file)
    assert found["missed"]["quarters"][0]["appointments"] == [samples.ref("event")]
    assert not (tmp_path / "nothing").exists()


def test_plots_are_drawn_into_a_new_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / "nothing")
    file = home.write("case.json", samples.case())
    folder = tmp_path / "plots"
    found = home.run("patterns", file, "--svg", str(folder), "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["withheld"] == 0
    assert "They name children" in found.stderr
    assert {one.name for one in folder.iterdir()} == {f"{name}.svg" for name in NAMES}
    assert folder.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())
    again = home.run("patterns", file, "--svg", str(folder))
    assert (again.exit_code, "is there already" in again.stderr) == (5, True)


def test_what_a_file_says_commands_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "nothing")
    names = [{"kind": "legal", "full": HOSTILE}]
    file = home.write("case.json", samples.case(children=[samples.child(names=names)]))
    said = home.ok("patterns", file)
    assert "?[31mred??next: last seen" in said
    bad = home.write("bad.json", {"v": 1, "children": [HOSTILE]})
    result = home.run("patterns", bad)
    assert (result.exit_code, "[case-file-invalid]" in result.stderr) == (3, True)
    assert "red" not in result.output
