"""The whole play, with two real services; what it says, and that it keeps the case to itself."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from app.demo import story
from app.demo.play import play
from app.demo.teller import WIDTH, Teller, counted, in_words
from app.main import open_site
from app.store.sqlite import choose_module

TODAY = datetime.now(UTC).date()
STEPS = [
    "paired", "notified", "asked_what_is_missing", "killed", "dispatched", "acknowledged", "opened",
    "arranged", "supplemented", "acceptance_refused", "accepted", "closed", "overdue", "overdue",
    "verified",
]  # fmt: skip
FEWEST = 40
"""Distinctive words of the story that are looked for, at least."""


class Watching(Teller):
    """Keeps what it is told, and what lies in the folder while the services are at work."""

    def __init__(self, folder: Path) -> None:
        super().__init__(quiet=False)
        self.paragraphs: list[str] = []
        self.files: dict[str, bytes] = {}
        self._folder = folder

    def _say(self, text: str) -> None:
        self.paragraphs.append(click.unstyle(text))

    def step(self, name: str, **facts: Any) -> None:
        super().step(name, **facts)
        if name in ("accepted", "overdue", "verified"):
            self.look(f"at {name}")

    def look(self, when: str) -> None:
        for path in self._folder.rglob("*"):
            if path.is_file():
                self.files[f"{path.relative_to(self._folder)}, {when}"] = path.read_bytes()


@dataclass
class Performance:
    folder: Path
    summary: dict[str, Any]
    teller: Watching
    arguments: list[str]

    @property
    def said(self) -> str:
        return "\n".join(self.teller.paragraphs)


@pytest.fixture(scope="module")
def performance(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """The play, once. Both services run as processes of their own, and end with it."""
    folder = tmp_path_factory.mktemp("play")
    teller = Watching(folder)
    arguments: list[str] = []
    popen = subprocess.Popen

    def start(given: list[str], **options: Any) -> Any:
        arguments.extend(given)
        return popen(given, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", start)
        summary = play(open_site, folder, teller, TODAY)
    teller.look("at the end")
    return Performance(folder, summary, teller, arguments)


def steps(performance: Performance, name: str) -> list[dict[str, Any]]:
    return [one for one in performance.summary["steps"] if one["step"] == name]


def test_every_scene_is_played(performance: Performance) -> None:
    assert [one["step"] for one in performance.summary["steps"]] == STEPS
    moments = [one["at_seconds"] for one in performance.summary["steps"]]
    assert moments == sorted(moments)
    assert moments[-1] <= performance.summary["seconds"]


def test_what_arrives_is_what_was_sent(performance: Performance) -> None:
    (opened,) = steps(performance, "opened")
    assert opened["identical"] is True
    (dispatched,) = steps(performance, "dispatched")
    assert dispatched["events"] == len(story.case_file(TODAY)["chronology"])
    assert dispatched["documents"] == len(story.documents(TODAY)) + 1


def test_the_record_is_counted(performance: Performance) -> None:
    """By hand, for each day of the week on which today may fall: tests/casefile/patterns."""
    said = " ".join(performance.said.split())
    spacing = "(165 and 162|163 and 164|164 and 163)"
    assert re.search(rf"Unsafe supervision 3 times, {spacing} days apart, told by 3 diff", said)
    assert re.search(
        r"In the 42 days before the last review: 1 event on record bad for the children, [12] "
        r"good. In the 42 days after it: [56] events on record bad for the children, 1 good.",
        said,
    )


def test_a_receiver_killed_in_mid_delivery_loses_nothing(performance: Performance) -> None:
    (killed,) = steps(performance, "killed")
    assert killed["problem"] == "peer-unreachable"
    assert killed["plan_held_by"] == [story.SENDER]
    assert 0 < killed["held_bytes"] < len(story.scan().data), "it was in mid-delivery"
    assert killed["resumed_from"] == killed["held_bytes"]
    assert killed["lost"] == 0
    assert "Nothing was lost." in performance.said


def test_what_was_owed_joins_the_case(performance: Performance) -> None:
    (supplemented,) = steps(performance, "supplemented")
    assert (supplemented["readable"], supplemented["conflict"]) == (True, False)


def test_a_concern_that_nobody_has_holds_up_the_acceptance(performance: Performance) -> None:
    (refused,) = steps(performance, "acceptance_refused")
    assert refused["code"] == "urn:case-handover:items-open"
    assert len(refused["items"]) == 1
    (accepted,) = steps(performance, "accepted")
    assert accepted["carried_forward"] >= steps(performance, "dispatched")[0]["items"] > 1


def test_what_is_missing_is_asked_and_travels_as_declared(performance: Performance) -> None:
    (asked,) = steps(performance, "asked_what_is_missing")
    assert asked["found"] > asked["left"] > asked["asked"] > 1, "one is answered"
    (dispatched,) = steps(performance, "dispatched")
    promised = sum(one["reason"] == "coming_by" for one in story.case_file(TODAY)["gaps"])
    assert dispatched["gaps"] == asked["asked"] + promised
    assert dispatched["gaps_due"] > TODAY.isoformat()


def test_both_supervisors_see_the_same_overdue(performance: Performance) -> None:
    one, other = steps(performance, "overdue")
    assert (one["at"], other["at"]) == ("Oxfordshire", "Swindon")

    def seen(step: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [(c["step"], c["owes"], c["due"], c["working_days_over"]) for c in step["clocks"]]

    assert seen(one) == seen(other)
    assert {clock["state"] for clock in one["clocks"]} == {"overdue"}
    assert {clock["owes"] for clock in one["clocks"]} == {"sender", "receiver"}


def test_the_summary_is_json(performance: Performance) -> None:
    assert json.loads(json.dumps(performance.summary)) == performance.summary


def test_what_is_told_can_be_read_by_anybody(performance: Performance) -> None:
    lines = performance.said.splitlines()
    assert len(lines) > 60
    for line in lines:
        assert line.isprintable()
        assert len(line) <= WIDTH
    for what, code in {
        "an authority's code": r"gss:",
        "a date in digits": r"\d{4}-\d\d",
        "a code": r"[a-z]_[a-z]",
        "nothing": r"\bNone\b|\bnull\b",
        "an id": r"\b[a-z2-7]{26}\b",
        "a sentence that is cut": r"\w\.\.\.",
        "a word of ours": r"(?i)\bbundle|\benclosure|\bkeyring|\bdisposition|\bdispatch|\bpayload",
    }.items():
        assert not re.search(code, performance.said), f"{what} on the screen"
    for paragraph in performance.teller.paragraphs:
        title = not paragraph.startswith(" ")
        fingerprint = re.fullmatch(r"  [A-Z2-7 ]{39}", paragraph)
        assert title or fingerprint or paragraph.endswith((".", ":", ".)")), paragraph


def test_what_matters_is_told_in_full(performance: Performance) -> None:
    said = " ".join(performance.said.split())
    told = story.notification(TODAY)
    worries = story.case_file(TODAY)["summary"]["worries"]
    for sentence in (told["immediate_risk"], told["action_tonight"], *worries):
        assert sentence in said
    assert "THE KEYS OF THIS DEMONSTRATION ARE NOT ENCRYPTED" in said
    assert said.count("child protection plan held by Swindon") == 2
    assert "Every word, date and document is as it was sent: yes." in said


def distinctive() -> set[str]:
    """Names, streets and phrases of both families that nothing but the story would say."""
    words: set[str] = set()
    for value in (story.case_file(TODAY), story.second_case_file(TODAY)):
        for one in (*value["children"], *value["people"]):
            words |= {part for name in one["names"] for part in name["full"].split()}
        for address in value["addresses"]:
            words |= {address["postcode"]} if "postcode" in address else set()
            words |= set(address.get("lines") or ())
        words |= {one["name"].split()[-1] for one in value["professionals"] if "name" in one}
        words |= {one["what"][:40] for one in (*value["concerns"], *value["chronology"])}
        words |= {one["phone"] for one in value["professionals"] if "phone" in one}
    words |= {document.name for document in story.documents(TODAY)}
    words |= {"To plan tonight", "Noor Inventado", "Ines Fabula", "Nowhere Street", "Lee Example"}
    return {word for word in words if len(word) > 5} - {"Oxfordshire", "Swindon", "worker"}


def test_nothing_of_the_story_is_in_clear(performance: Performance) -> None:
    """In database, journals, sealed files, logs, settings, keys or arguments of processes."""
    words = distinctive()
    assert len(words) > FEWEST
    files = performance.teller.files
    names = [name.partition(",")[0].rpartition("/")[2] for name in files]
    assert {"handover.db", "log.jsonl", "keyring.age", "handover.toml"} <= set(names)
    assert "handover.db-wal" in names or not choose_module()[1]
    assert names.count("00000000000000000000") > 15, "the sealed files are looked at as well"
    spellings = {
        spelt: word
        for word in words
        for spelt in (word.encode(), json.dumps(word)[1:-1].encode(), word.encode("utf-16-le"))
    }
    looked_at = {"arguments": " ".join(performance.arguments).encode(), **files}
    for name, data in looked_at.items():
        found = {word for spelt, word in spellings.items() if spelt in data}
        assert not found, f"{found} in {name}"


def test_the_search_would_find_a_word(performance: Performance) -> None:
    """Sealed on the way, and there when it is opened: the words are those of the story."""
    opened = json.dumps(story.case_file(TODAY), ensure_ascii=False)
    opened += json.dumps(story.second_case_file(TODAY), ensure_ascii=False)
    found = {word for word in distinctive() if json.dumps(word, ensure_ascii=False)[1:-1] in opened}
    assert len(found) > FEWEST


def test_the_services_have_ended_well(performance: Performance) -> None:
    for name, started in (("oxfordshire", 1), ("swindon", 2)):
        lines = (performance.folder / name / "log.jsonl").read_text().splitlines()
        logged = [json.loads(line) for line in lines]
        assert logged[0]["message"] == "serving"
        assert [line["message"] for line in logged].count("serving") == started
        assert {line["level"] for line in logged} == {"info"}


def test_the_command_tells_programs_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.main", "demo", "--json", "--keep", tmp_path / "kept"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        timeout=100,
    )
    summary = json.loads(done.stdout)
    assert [one["step"] for one in summary["steps"]] == STEPS
    assert done.stderr == b""
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"oxfordshire", "swindon"}


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-12-14", "Monday 14 December 2026"),
        ("2026-12-14T23:59:59Z", "Monday 14 December 2026"),
        ("2026-06-30T23:30:00Z", "Wednesday 1 July 2026"),
        ("2026-06-01T00:30:00+01:00", "Monday 1 June 2026"),
    ],
)
def test_days_are_told_in_words(when: str, said: str) -> None:
    assert in_words(when) == said


def test_what_is_counted_is_one_or_many() -> None:
    assert [counted(n, "day", "days") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_no_word_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(quiet=False)
    long = "verylong" * 20
    for tell in (teller.say, teller.point, teller.warn):
        tell(f"{long} " + "well-known words " * 30)
    said = click.unstyle(capsys.readouterr().out)
    assert said.count(long) == 3
    assert said.count("well-known") == 90


def test_a_quiet_teller_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(quiet=True)
    teller.scene("A scene")
    teller.say("A sentence.")
    teller.step("a-step", count=1)
    assert capsys.readouterr().out == ""
    assert teller.summary["steps"][0]["count"] == 1
