"""Ledgers of every kind, kept as files: what they mean stays what it was, in every version."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.vectors import broken_ledgers, ledgers
from tests.vectors import make_ledger as vectors

FILES = sorted(vectors.HERE.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_kept_ledger_means_what_it_meant(path: Path) -> None:
    vector = load(path)
    entries = vectors.entries_of(vector)
    if "refused" in vector:
        assert vectors.refused_with(entries) == vector["refused"]
    else:
        assert json.loads(json.dumps(vectors.computed(entries, vector["now"]))) == vector["expect"]


def test_every_story_is_kept() -> None:
    stories = (*ledgers.STORIES, *broken_ledgers.STORIES)
    told = {story.__name__.replace("_", "-") for story in stories}
    assert {path.stem for path in FILES} == told
    assert len({load(path)["comment"] for path in FILES}) == len(FILES)
    assert {load(path).get("refused") for path in FILES} == {
        None, "items-open", "already-dispatched", "opening-missing", "not-assisted",
        "not-a-party", "ledger-keeper", "ledger-prev", "ledger-place", "ledger-receipt",
        "not-in-this-state", "ledger-time", "ledger-seen", "dates-ahead", "dates-early",
        "acknowledged-now", "ended-early", "not-your-fact", "steps-too-late", "unknown-statement",
        "duplicate-of-nothing", "not-yours-to-answer", "transfer-changed",
    }  # fmt: skip
