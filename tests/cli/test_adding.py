"""`supplement`, `correct`, and opening the case with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.casefile.samples import attachment, concern, ref
from tests.cli import case
from tests.cli.homes import Home, Two, Unreachable

MINUTES = b"%PDF-1.7 invented minutes"
MEETING = {
    "id": ref("core group"), "kind": "core_group",
    "minutes": {"status": "included", "attachment": 1},
}  # fmt: skip
PARTS = {"parts": {"meetings": [MEETING], "attachments": [attachment(1)]}}
WRONG = {
    "supersedes": [{"entry": ref("concern"), "replaced_by": ref("new"), "why": "Another child."}],
    "parts": {"concerns": [concern("new")]},
}


def supplement(home: Home, handover: str) -> list[str | Path]:
    return [
        "supplement", handover, home.write("parts.json", PARTS),
        "--attach", home.write("narada główna.pdf", MINUTES),
    ]  # fmt: skip


def merged(home: Home, handover: str) -> Any:
    return json.loads(home.ok("open", handover, "--merged", "--purpose", case.PURPOSE))


def test_a_supplement_and_a_correction_reach_the_other(sent: Two, tmp_path: Path) -> None:
    handover = sent.handover
    assert sent.sender.ok(*supplement(sent.sender, handover)).endswith("Sent.\n")
    wrong = sent.sender.write("wrong.json", WRONG)
    said = sent.sender.value("correct", handover, wrong)
    assert (said.keys(), said["delivered"]) == ({"statement", "place", "delivered"}, True)
    found = merged(sent.receiver, handover)
    assert found == merged(sent.sender, handover)
    assert [one["kind"] for one in found["sources"]] == ["dispatch", "supplement", "correction"]
    stands = [
        (one["id"], one["stands"])
        for thread in found["sections"]["concerns"]
        for one in thread["tellings"]
    ]
    assert sorted(stands) == sorted(
        [(ref("new"), True), (ref("concern"), False), (ref("second"), True)]
    )
    opened = sent.receiver.run("open", handover, "--purpose", case.PURPOSE)
    assert json.loads(opened.stdout) == case.case_file()
    assert "THERE IS MORE" in opened.stderr
    folder = tmp_path / "saved"
    sent.receiver.ok("open", handover, "--purpose", case.PURPOSE, "--save", folder)
    assert json.loads((folder / "merged.json").read_text()) == found
    assert json.loads((folder / "casefile.json").read_text()) == case.case_file()
    (minutes,) = folder.glob("supplement-*/*")
    assert (minutes.name, minutes.read_bytes()) == ("0001 narada główna.pdf", MINUTES)
    assert len(list(folder.glob("000*"))) == len(case.DOCUMENTS)


def test_without_more_nothing_of_it_is_said(sent: Two) -> None:
    opened = sent.receiver.run("open", sent.handover, "--purpose", case.PURPOSE)
    assert opened.stderr == ""


def test_what_is_refused_leaves_no_document_behind(sent: Two) -> None:
    before = set(sent.sender.files())
    args = supplement(sent.sender, sent.handover)
    args[2] = sent.sender.write("parts.json", {"parts": {"meetings": [MEETING]}})
    result = sent.sender.run(*args)
    assert (result.exit_code, "[reference-unresolved]" in result.stderr) == (3, True)
    blobs = {name for name in set(sent.sender.files()) - before if name.startswith("blobs/")}
    assert blobs == set()


def test_the_receiver_says_it_its_own_way(sent: Two) -> None:
    wrong = sent.receiver.write("wrong.json", WRONG)
    sent.receiver.refused("correct", sent.handover, wrong, code="nothing-of-ours", exits=5)
    new = concern("ours", what="As the child told it.", supersedes=[ref("concern")])
    more = sent.receiver.write("more.json", {"parts": {"concerns": [new]}})
    sent.receiver.ok("supplement", sent.handover, more)
    assert merged(sent.sender, sent.handover)["conflicts"] == 1


def test_what_cannot_be_sent_now_is_sent_later(sent: Two) -> None:
    handover = sent.handover
    sent.sender.wire = Unreachable()
    said = sent.sender.ok(*supplement(sent.sender, handover))
    assert "as soon as they can be reached" in said
    (_, mine) = merged(sent.sender, handover)["sources"]
    assert mine["place"] is None


@pytest.mark.parametrize("more", [["--save", "x"], ["--words", "notification"]])
def test_merged_goes_alone(sent: Two, more: list[str]) -> None:
    result = sent.receiver.run("open", sent.handover, "--merged", "--purpose", "Why", *more)
    assert result.exit_code == 2
