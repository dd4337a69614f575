"""Hostile words and names cross from one authority to the other: all there, character for
character, or refused where they would begin, and obeyed by nobody on the way."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from app.casefile.contents import CONTENTS, parse_content
from app.casefile.declared import without_declared
from app.casefile.items import in_words
from app.casefile.model import CaseFile, parse_case_file
from app.errors import Malformed
from tests.api.conftest import Desk, code, door
from tests.casefile import samples
from tests.casefile.fullest import fullest, texts
from tests.cli import case, homes, hostile
from tests.cli.homes import RECEIVER, Home, Two
from tests.flows.conftest import Clock
from tests.flows.conftest import Two as Sites

PURPOSE = "To plan =1+1 <b> \u202e"
FREE = "Invented."


@dataclass
class Crossing:
    """Two authorities, and whoever sends for the one and answers for the other."""

    two: Two
    sender: Desk
    receiver: Desk
    sites: Sites
    case: dict[str, Any] = field(default_factory=lambda: case_file())
    notified: dict[str, Any] = field(default_factory=lambda: notification())
    handover: str = ""

    def deliver(self) -> None:
        assert set(self.sites.run()) == {"done"}

    def read(self, path: str, reader: Desk | None = None) -> Any:
        read = (reader or self.receiver).get(f"/v1/handovers/{path}", PURPOSE)
        assert read.status_code == 200, read.text
        return read

    def draft(self, case_file: dict[str, Any]) -> Any:
        return self.sender.post("/v1/drafts", {
            "recipient": RECEIVER, "own_reference": "FICTION/1", "transfer": "cp_permanent",
            "case_file": case_file,
        })  # fmt: skip

    def dispatched(self, case_file: dict[str, Any], names: list[str]) -> str:
        """A handover with documents of these names, which has come."""
        made = self.draft(case_file)
        assert made.status_code == 201, made.text
        handover: str = made.json()["id"]
        for number, name in enumerate(names, 1):
            put = self.sender.attach(handover, number, name, name.encode())
            assert put.status_code == 201, put.text
        for what, asked in (("notification", {"words": self.notified}), ("dispatch", {})):
            said = self.sender.post(f"/v1/drafts/{handover}/{what}", asked)
            assert said.status_code == 201, said.text
        self.deliver()
        return handover


def case_file() -> dict[str, Any]:
    full = fullest(CaseFile, hostile.Words())
    (about,) = full["attachments"]
    others = range(2, len(hostile.NAMES) + 1)
    full["addresses"][0]["supersedes"] = []  # earlier forms of a protected address are masked
    full["attachments"] += [{**about, "number": number, "supersedes": []} for number in others]
    return full


def notification() -> dict[str, Any]:
    words = fullest(CONTENTS["notification"], hostile.Words())
    return {**words, "moved_on": case.TODAY, "learned_at": case.TODAY}


@pytest.fixture(scope="module")
def crossing(paired_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crossing]:
    """With a handover whose papers have come."""
    with homes.copied(paired_template, tmp_path_factory.mktemp("preserved")) as two:
        sender, receiver = two.sender.wire.sites.values()
        desks = [door(site).desk("head_of_service") for site in (sender, receiver)]
        sites = Sites(sender, receiver, Clock(), two.sender.wire)
        made = Crossing(two, desks[0], desks[1], sites)
        made.handover = made.dispatched(made.case, hostile.NAMES)
        yield made


def unmasked(shown: Any, addresses: list[dict[str, Any]]) -> Any:
    """What was shown, with each masked address as `/addresses` tells it in full."""
    if isinstance(shown, list):
        return [unmasked(one, addresses) for one in shown]
    if not isinstance(shown, dict):
        return shown
    for whole in addresses:
        if _masks(shown, whole):
            return whole
    return {name: unmasked(one, addresses) for name, one in shown.items()}


def _masks(shown: Any, whole: Any) -> bool:
    """Whether it is the same, but for what is null."""
    if isinstance(shown, dict) and isinstance(whole, dict) and shown.keys() == whole.keys():
        return all(_masks(one, whole[name]) for name, one in shown.items())
    return shown is None or shown == whole


def test_every_word_and_name_crosses_as_it_is(crossing: Crossing, tmp_path: Path) -> None:
    handover = crossing.handover
    papers = crossing.read(f"{handover}/casefile").json()
    addresses = crossing.read(f"{handover}/addresses").json()["addresses"]
    in_full = [one["address"] for one in addresses]
    told = crossing.read(f"{handover}/words/notification").json()
    sent = without_declared(crossing.case)
    assert unmasked(papers, in_full) == sent != papers
    assert unmasked(told, in_full) == crossing.notified
    items = {one["item"]: one["what"] for one in crossing.read(f"{handover}/items").json()["items"]}
    own = in_words(parse_case_file(sent))
    assert own.items() <= items.items()
    assert all(items[one].startswith("Missing: ") for one in items.keys() - own.keys())
    for number, name in enumerate(hostile.NAMES, 1):
        got = crossing.read(f"{handover}/attachments/{number}")
        kind, _, spelt = got.headers["Content-Disposition"].partition("; filename*=UTF-8''")
        assert (kind, unquote(spelt, errors="strict")) == ("attachment", name)
        assert got.content == name.encode()
    saved(crossing.two.receiver, handover, papers, tmp_path)


def saved(home: Home, handover: str, papers: Any, tmp_path: Path) -> None:
    """`open --save` writes the papers into its folder, and nothing anywhere else."""
    outside = {path for path in tmp_path.rglob("*") if home.path not in path.parents}
    folder = tmp_path / "saved"
    opened: list[str | Path] = ["open", handover, "--purpose", PURPOSE, "--save", folder]
    home.ok(*opened)
    found = {path for path in tmp_path.rglob("*") if home.path not in path.parents}
    files = sorted(folder.iterdir())
    assert found - outside == {folder, *files}
    assert not [path for path in files if path.is_symlink() or not path.is_file()]
    *documents, case_file_ = files
    assert json.loads(case_file_.read_bytes()) == papers
    for number, (path, name) in enumerate(zip(documents, hostile.NAMES, strict=True), 1):
        assert path.read_bytes() == name.encode()
        whole = f"{number:04d} {name}"
        assert path.name == whole or len(path.name.encode()) > 250
        assert path.name[:40] == whole[:40]


@pytest.mark.parametrize("there", ["a folder", "a link to nowhere", "a link to a folder"])
def test_what_is_there_already_is_neither_followed_nor_filled(
    sent: Two, tmp_path: Path, there: str
) -> None:
    folder, other = tmp_path / "saved", tmp_path / "other"
    if there == "a link to a folder":
        other.mkdir()
    folder.mkdir() if there == "a folder" else folder.symlink_to(other)
    refused = sent.receiver.run("open", sent.handover, "--purpose", PURPOSE, "--save", folder)
    assert (refused.exit_code, refused.stdout) == (5, "")
    assert not [path for one in (folder, other) if one.exists() for path in one.iterdir()]


def test_a_terminal_obeys_none_of_it(crossing: Crossing) -> None:
    handover = crossing.handover
    for home in (crossing.two.sender, crossing.two.receiver):
        for shown in (
            home.ok("list"),
            home.ok("show", handover),
            home.ok("overdue"),
            home.ok("items", handover, "--purpose", PURPOSE),
            home.ok("open", handover, "--purpose", PURPOSE),
            home.ok("items", handover, "--purpose", PURPOSE, "--json"),
        ):
            commands = {"Cc", "Zl", "Zp", "Cs"}
            odd = [c for c in shown if c != "\n" and unicodedata.category(c) in commands]
            assert odd == []
            assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
        papers = json.loads(home.ok("open", handover, "--purpose", PURPOSE))
        assert papers["children"] == crossing.case["children"]


ANSWERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "acknowledgement": ("receiver", "acknowledgement", {}),
    "arrangements": ("receiver", "arrangements", {"worker": "allocated"}),
    "fact": ("sender", "facts", {"code": "address_confirmed", "on": case.TODAY}),
    "acceptance": ("receiver", "acceptance", {}),
    "closure": ("sender", "closure", {"ended": case.TODAY}),
    "decline": ("receiver", "decline", {"code": "not_living_here"}),
    "recall": ("sender", "recall", {"code": "returned_home"}),
}
"""Who says each kind, where, and with which codes."""


@pytest.mark.parametrize("kinds", [[*ANSWERS][:5], ["decline"], ["recall"]])
def test_every_word_of_an_answer_crosses_as_it_is(crossing: Crossing, kinds: list[str]) -> None:
    one = {**crossing.case, "attachments": crossing.case["attachments"][:1]}
    handover = crossing.dispatched(one, hostile.NAMES[:1])
    for kind in kinds:
        by, path, codes = ANSWERS[kind]
        words = answer(kind, crossing.case)
        if kind == "acceptance":
            codes, words = accepted(crossing.two.receiver, handover, words)
        said = getattr(crossing, by).post(
            f"/v1/handovers/{handover}/{path}", {"codes": codes, "words": words}
        )
        assert said.status_code == 201, said.text
        crossing.deliver()
        for reader in (crossing.sender, crossing.receiver):
            assert crossing.read(f"{handover}/words/{kind}", reader).json() == words


def answer(kind: str, about: dict[str, Any]) -> dict[str, Any]:
    child = about["children"][0]["id"]
    known = dict.fromkeys(("child", "person", "part"), child)
    words = fullest(CONTENTS[kind], hostile.Words(), **known)
    return {name: one for name, one in words.items() if name != "attachments"}


def accepted(
    receiver: Home, handover: str, words: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The codes of a plan, and words for each open item."""
    filled = case.filled(json.loads(receiver.ok("accept", handover, "--template")))
    (one,) = words["items"]
    items = [{**one, "item": each["item"]} for each in filled["codes"]["dispositions"]]
    return filled["codes"], {**words, "items": items}


# What can not cross is refused where it would begin


@pytest.mark.parametrize("kind", ["dispatch", *CONTENTS])
def test_nul_is_refused_in_every_text_with_its_place(kind: str) -> None:
    """In each that takes words at all: no database, PDF or spreadsheet keeps it."""
    model = CaseFile if kind == "dispatch" else CONTENTS[kind]
    value = fullest(model, lambda most: FREE, child="a" * 26, person="a" * 26, part="a" * 26)
    places = [place for place, text in texts(value) if text == FREE]
    assert places
    with pytest.raises(Malformed, match=f"first of {len(places)} errors"):
        parse_content(kind, everywhere(value, "a\0b"))
    for place in places[:: max(1, len(places) // 20)]:
        with pytest.raises(Malformed) as refused:
            parse_content(kind, with_text(value, place, "a\0b"))
        assert refused.value.pointer == place
        assert "is not written as this format writes it" in refused.value.detail


def everywhere(value: Any, text: str) -> Any:
    if isinstance(value, list):
        return [everywhere(one, text) for one in value]
    if isinstance(value, dict):
        return {name: everywhere(one, text) for name, one in value.items()}
    return text if value == FREE else value


def with_text(value: Any, place: str, text: str) -> Any:
    if not place:
        return text
    step = place[1:].partition("/")[0]
    inner = place[len(step) + 1 :]
    if isinstance(value, list):
        at = int(step)
        return [*value[:at], with_text(value[at], inner, text), *value[at + 1 :]]
    return {**value, step: with_text(value[step], inner, text)}


@pytest.mark.parametrize(
    ("text", "code_", "pointer"),
    [
        ("a\0b", "case-file-invalid", "/children/0/voice"),
        ("", "case-file-invalid", "/children/0/voice"),
        ("x" * 65_537, "case-file-invalid", "/children/0/voice"),
        ("𝔄" * 65_537, "case-file-invalid", "/children/0/voice"),
    ],
)
def test_a_text_that_can_not_cross_makes_no_draft(
    crossing: Crossing, text: str, code_: str, pointer: str
) -> None:
    refused = crossing.draft(samples.case(children=[samples.child(voice=text)]))
    assert (refused.status_code, code(refused)) == (422, code_)
    assert refused.json()["pointer"] == pointer


def test_the_longest_text_is_taken(crossing: Crossing) -> None:
    for text in ("x" * 65_536, "𝔄" * 65_536):
        made = crossing.draft(samples.case(children=[samples.child(voice=text)]))
        assert made.status_code == 201


def test_a_name_that_is_a_place_is_refused(crossing: Crossing) -> None:
    draft = crossing.draft(crossing.case).json()["id"]
    for name in hostile.PLACES:
        refused = crossing.sender.attach(draft, 1, name, b"x")
        assert refused.status_code == 422
        said = (code(refused), refused.json().get("pointer"))
        expected = ("bundle-manifest-malformed", "/name") if name else ("attachment-name", None)
        assert said == expected, name
