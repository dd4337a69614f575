"""`send`, `list`, `show`, `overdue` and `open`."""

import json
import stat
import sys
from pathlib import Path

import pytest

from app.cli.common import operator
from app.cli.opening import _file_name
from app.cli.send import deliver
from app.flows import respond
from app.flows.respond import Said
from tests.casefile import samples
from tests.cli import case
from tests.cli.conftest import arguments, send
from tests.cli.homes import RECEIVER, Two, Unreachable, later


def test_send_notifies_and_sends(two: Two) -> None:
    printed = send(two)
    assert "they have it, verified, and signed for it" in printed
    assert f"Handover {two.handover}" in printed
    assert "NOT DELIVERED" not in two.sender.ok("list")
    assert two.receiver.value("show", two.handover)["state"] == "dispatched"


def test_send_for_programs(two: Two) -> None:
    sent = two.sender.value(*arguments(two))
    assert sent.keys() == {"handover", "notification", "dispatch", "delivered", "gaps"}
    types = [one["type"] for one in two.sender.value("show", two.handover)["items"]]
    assert sent["gaps"] == types.count("gap") > 0
    assert (sent["handover"], sent["delivered"]) == (two.handover, True)


def test_what_cannot_be_delivered_is_said_and_kept(two: Two) -> None:
    two.sender.wire = Unreachable()
    printed = send(two)
    assert "can't be reached now" in printed
    assert "ring them" in printed
    (row,) = two.sender.value("list")
    assert row["undelivered"]
    assert two.sender.ok("list").count("NOT DELIVERED") == 1
    shown = two.sender.value("show", row["handover"])
    assert [one["problem"] for one in shown["deliveries"]] == ["peer-unreachable", None]
    said = two.sender.ok("show", row["handover"])
    kinds = [line.split()[3] for line in said.splitlines() if line.startswith("Not delivered yet")]
    assert kinds == ["notification", "dispatch"] == [one["kind"] for one in shown["deliveries"]]


def test_a_malformed_notification_leaves_nothing_behind(two: Two) -> None:
    words = {**case.notification(), "children": []}
    wrong = two.sender.write("wrong.json", words)
    args = [wrong if str(one).endswith("notification.json") else one for one in arguments(two)]
    result = two.sender.run(*args)
    assert result.exit_code == 3
    assert two.sender.value("list") == []
    assert two.receiver.value("list") == []
    assert not list((two.sender.path / "blobs").rglob("*.*"))


def test_papers_that_could_not_go_can_go_later(two: Two) -> None:
    """The notification is out at once: what is wrong with the papers is put right after it."""
    args = [one for one in arguments(two) if "--attach" not in str(one)][:-3]
    result = two.sender.run(*args)
    assert (result.exit_code, "[attachments-incomplete]" in result.stderr) == (5, True)
    assert "They are told; the papers have not gone" in result.stderr
    assert two.receiver.value("show", two.handover)["state"] == "notified"
    assert f"--go-on {two.handover}" in result.stderr
    attach = arguments(two)[-6:]
    sent = two.sender.value("send", args[1], "--go-on", two.handover, *attach)
    assert (sent["handover"], sent["notification"]) == (two.handover, None)
    assert two.receiver.value("show", two.handover)["state"] == "dispatched"


def test_nobody_is_said_to_know_who_does_not(two: Two) -> None:
    two.sender.wire = Unreachable()
    args = [one for one in arguments(two) if "--attach" not in str(one)][:-3]
    said = two.sender.run(*args).stderr
    assert "THEY ARE NOT TOLD YET: ring them" in said
    assert "They are told" not in said


@pytest.mark.parametrize("missing", ["--to", "--reference", "--notification"])
def test_send_says_what_it_needs(two: Two, missing: str) -> None:
    args = arguments(two)
    at = args.index(missing)
    result = two.sender.run(*args[:at], *args[at + 2 :])
    assert result.exit_code == 2
    assert missing in result.stderr


def test_an_unknown_authority_is_not_found(two: Two) -> None:
    args = ["gss:E99999999" if one == RECEIVER else one for one in arguments(two)]
    two.sender.refused(*args, code="authority-unknown", exits=4)


def test_list_says_who_and_what(sent: Two) -> None:
    (row,) = sent.sender.value("list")
    assert (row["side"], row["peer"], row["label"]) == ("sender", RECEIVER, case.NAMES[0]["full"])
    line = sent.sender.ok("list")
    assert f"{sent.handover}  dispatched   to Fictional Town  {case.NAMES[0]['full']}" in line
    assert "from Fictional County" in sent.receiver.ok("list")


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--sent"], 1),
        (["--received"], 0),
        (["--state", "dispatched"], 1),
        (["--state", "closed"], 0),
        (["--overdue"], 0),
    ],
)
def test_list_is_narrowed(sent: Two, options: list[str], rows: int) -> None:
    assert len(sent.sender.value("list", *options)) == rows


def test_list_goes_over_pages(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.flows.read.MAX_PAGE", 1)
    args = [one for one in arguments(two) if "--attach" not in str(one)][:-3]
    bare = two.sender.write("bare.json", samples.case())
    for number in (1, 2, 3):
        told = ["bare" if one == "FICTION/1" else one for one in args]
        told[1] = bare
        two.sender.ok(*(f"F/{number}" if one == "bare" else one for one in told))
    assert [row["own_reference"] for row in two.sender.value("list")] == ["F/1", "F/2", "F/3"]
    assert len(two.sender.ok("list").splitlines()) == 3


def test_show_says_who_holds_the_plan_and_who_responds(sent: Two) -> None:
    said = sent.receiver.ok("show", sent.handover)
    assert "Plan held by Fictional County. Responds to harm today: Fictional" in said
    types = [one["type"] for one in sent.receiver.value("show", sent.handover)["items"]]
    assert said.count("NOBODY YET") == len(types) - types.count("gap") > 0
    assert f"  gap          {types.count('gap')}: what was missing" in said
    assert "(we owe it)" in said
    assert "(Fictional County owes it)" in said
    assert "RUNNING" in said or "DUE SOON" in said


def test_what_several_children_have_to_come_is_told_beneath_each_and_what_is_late_once(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = {**case.notification()["children"][0], "id": samples.ref("second child")}
    words = {**case.notification(), "children": [*case.notification()["children"], second]}
    both = samples.case(children=[samples.child(), samples.child("second child")])
    two.sender.ok(
        "send", two.sender.write("case.json", both), "--to", RECEIVER, "--reference", "F/2",
        "--notification", two.sender.write("notification.json", words),
    )  # fmt: skip
    shown = two.receiver.value("show", two.handover)
    blocks = two.receiver.ok("show", two.handover).split("\nChild ")[1:]
    late = ("running", "due_soon", "overdue")
    for child, block in zip(shown["children"], blocks, strict=True):
        mine = [one for one in shown["clocks"] if one["child"] == child["child"]]
        titles = [one["title"] for one in mine if one["state"] in late]
        assert block.startswith(child["child"])
        deadlines = block.splitlines()[2 : 2 + len(titles)]
        assert [line[24:].rpartition(" (")[0] for line in deadlines] == titles != []
        assert all(line.startswith("  gap ") for line in block.splitlines()[2 + len(titles) :])
    later(monkeypatch, days=60)
    overdue = two.receiver.value("overdue")
    said = two.receiver.ok("overdue")
    assert said.count("working days over") == len({one["step"] for one in overdue}) > 1
    assert said.count(" (2 children)\n") * 2 == len(overdue)


def test_show_says_what_the_other_side_refused(sent: Two) -> None:
    """A recall that crosses an acceptance."""
    sent.receiver.wire = Unreachable()
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    template = json.loads(sent.receiver.ok("accept", sent.handover, "--template"))
    path = sent.receiver.write("result.json", case.filled(template))
    sent.receiver.ok("accept", sent.handover, path)
    site = sent.sender.open_site(sent.sender.path, None)
    respond.say(site, operator(site), sent.handover, "recall", Said({"code": "wrong_authority"}))
    assert not deliver(site, sent.handover)
    site.database.close()
    said = sent.sender.ok("show", sent.handover)
    assert "DID NOT WORK: recall " in said
    assert "(not-in-this-state): ring Fictional Town" in said


@pytest.mark.parametrize(
    "command", [["show"], ["open", "--purpose", "Why"], ["accept", "--template"]]
)
@pytest.mark.parametrize("unknown", ["x", "../etc", samples.ref("nobody")])
def test_an_unknown_handover_is_not_found(sent: Two, command: list[str], unknown: str) -> None:
    sent.receiver.refused(*command, unknown, code="no-such-handover", exits=4)


def test_nothing_overdue_is_said(sent: Two) -> None:
    assert sent.receiver.ok("overdue") == "Nothing is overdue.\n"
    assert sent.receiver.value("overdue") == []


def test_what_is_overdue_is_said_with_days_and_source(
    sent: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, days=60)
    clocks = sent.receiver.value("overdue")
    assert {one["state"] for one in clocks} == {"overdue"}
    said = sent.receiver.ok("overdue")
    assert said.count("working days over") == len(clocks)
    assert "we owe it" in said
    assert "Fictional Town owes it" in sent.sender.ok("overdue")
    assert " OVERDUE" in sent.receiver.ok("list", "--overdue")
    monkeypatch.setattr("app.flows.read.MAX_PAGE", 2)
    assert sent.receiver.ok("overdue") == said, "all of it, however it is paged"
    assert sent.receiver.value("overdue") == clocks


def test_open_prints_the_case_file_as_it_was_sent(sent: Two) -> None:
    printed = sent.receiver.ok("open", sent.handover, "--purpose", case.PURPOSE)
    assert json.loads(printed) == case.case_file()


def test_open_asks_for_a_purpose(sent: Two) -> None:
    result = sent.receiver.run("open", sent.handover, stdin=f"{case.PURPOSE}\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout.partition("\n")[2]) == case.case_file()
    sent.receiver.refused("open", sent.handover, "--purpose", " ", code="access-purpose", exits=3)


def test_open_saves_the_case_and_its_documents(sent: Two, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    sent.receiver.ok("open", sent.handover, "--purpose", case.PURPOSE, "--save", folder)
    saved = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert json.loads(saved.pop("casefile.json")) == case.case_file()
    names = [f"{number:04d} {name}" for number, name in enumerate(case.DOCUMENTS, 1)]
    assert saved == dict(zip(names, case.DOCUMENTS.values(), strict=True))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_open_writes_over_nothing(sent: Two, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    result = sent.receiver.run("open", sent.handover, "--purpose", "Why", "--save", folder)
    assert (result.exit_code, result.stderr) == (5, f"{folder} is there already: name a new one\n")
    assert list(folder.iterdir()) == []
    assert sent.receiver.value("audit", "show") == []


def test_open_saves_words_of_other_kinds_alone(sent: Two, tmp_path: Path) -> None:
    words = ["open", sent.handover, "--purpose", "Who?", "--words", "acknowledgement"]
    sent.receiver.refused(*words, code="no-papers", exits=4)
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    sent.receiver.ok(*words, "--save", tmp_path / "saved")
    assert [path.name for path in (tmp_path / "saved").iterdir()] == ["acknowledgement.json"]


def test_open_saves_the_others_where_one_is_infected(sent: Two, tmp_path: Path) -> None:
    toml = sent.receiver.path / "handover.toml"
    second = list(case.DOCUMENTS.values())[1]
    scanner = [sys.executable, "-c", f"import sys; sys.exit(sys.stdin.buffer.read() == {second!r})"]
    toml.write_text(f"{toml.read_text()}scan_command = {json.dumps(scanner)}\n")
    folder = tmp_path / "saved"
    args: list[str | Path] = ["open", sent.handover, "--purpose", "Why", "--save", folder]
    result = sent.receiver.run(*args)
    assert (result.exit_code, "[document-infected]" in result.stderr) == (4, True)
    assert "Document 2 is not among them" in result.stderr
    assert {path.name[:4] for path in folder.iterdir()} == {"case", "0001", "0003"}


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("a.pdf", "0007 a.pdf"),
        ("no ending", "0007 no ending"),
        ("ა" * 200 + ".pdf", "0007 " + "ა" * 82 + ".pdf"),
        ("ა" * 200, "0007 " + "ა" * 83),
        ("." + "ა" * 200, "0007 ." + "ა" * 83),
        ("x" * 255, "0007 " + "x" * 250),
    ],
)
def test_a_long_name_is_cut_to_what_disks_hold(name: str, saved: str) -> None:
    assert _file_name(7, name) == saved
    assert len(saved.encode()) <= 255
