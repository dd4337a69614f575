"""An address that is protected, and an entry that is limited, only after the papers have come."""

import json
from typing import Any

import pytest

from app.access import Caller
from app.crypto.strictjson import canonical
from app.flows import disclose
from app.handover.statement import reopen
from tests.casefile import samples
from tests.flows import acts
from tests.flows.acts import hand_in, sealed, wire
from tests.flows.conftest import WORKER, Two
from tests.handover import make

SUPPORT = Caller("user-3", frozenset({"business_support"}), frozenset({"front-door"}))
ROAD, COURT = "1 Fictional Road", [{"code": "court_permission"}]
OLD, NEW = samples.ref("old home"), samples.ref("new home")
PAPERS = samples.case(
    addresses=[{"id": OLD, "lines": [ROAD]}],
    concerns=[samples.concern(what="Invented secret.")],
)
SHELTERED = {"lines": [ROAD], "protection": {"reason": "adoption"}}
AGAIN = {"addresses": [{"id": OLD, **SHELTERED}]}
ANEW = {"addresses": [{"id": NEW, "supersedes": [OLD], **SHELTERED}]}
REPLACED = {"addresses": [{"id": NEW, **SHELTERED}]}
WHY = [{"entry": OLD, "replaced_by": NEW, "why": "It is protected."}]


def sent(two: Two, kind: str, words: dict[str, Any], body: dict[str, Any] | None = None) -> str:
    bundle = sealed(two.receiver, kind, make.HANDOVER, canonical(words))
    said = wire(two.sender, kind, make.HANDOVER, bundle, body=body)
    assert hand_in(two.receiver, said, bundle.file).payload.body["result"] == "stored"
    return reopen(said).digest


def shown(two: Two, who: Caller, kind: str) -> str:
    return json.dumps(disclose.words(two.receiver, who, make.HANDOVER, kind, "To test").value)


@pytest.fixture
def papers(two: Two) -> str:
    acts.opened_by_hand(two)
    return sent(two, "dispatch", PAPERS)


@pytest.mark.parametrize("parts", [AGAIN, ANEW])
def test_a_supplement_protects_what_came_before(two: Two, papers: str, parts: Any) -> None:
    assert ROAD in shown(two, WORKER, "dispatch")
    sent(two, "supplement", {"v": 1, "fictional": True, "parts": parts})
    for kind in ("dispatch", "supplement"):
        assert ROAD not in shown(two, WORKER, kind)
    full = disclose.addresses(two.receiver, WORKER, make.HANDOVER, "To visit")
    assert [one["address"]["lines"] for one in full] == [[ROAD]] * 2


def test_a_correction_protects_what_it_replaces(two: Two, papers: str) -> None:
    body = {"of": papers, "withdraws": False, "items": []}
    words = {"v": 1, "fictional": True, "supersedes": WHY, "parts": REPLACED}
    sent(two, "correction", words, body)
    assert ROAD not in shown(two, WORKER, "dispatch")


def test_what_is_limited_later_is_withheld_in_what_came_before(two: Two, papers: str) -> None:
    assert "secret" in shown(two, SUPPORT, "dispatch")
    limited = samples.concern(what="Invented secret.", handling=COURT)
    sent(two, "supplement", {"v": 1, "fictional": True, "parts": {"concerns": [limited]}})
    assert "secret" not in shown(two, SUPPORT, "dispatch")
    assert "secret" in shown(two, WORKER, "dispatch")


def test_words_that_cannot_be_read_keep_nobody_from_the_papers(two: Two, papers: str) -> None:
    bundle = sealed(two.receiver, "supplement", make.HANDOVER, b"[1, 2")
    hand_in(two.receiver, wire(two.sender, "supplement", make.HANDOVER, bundle), bundle.file)
    assert ROAD in shown(two, WORKER, "dispatch")
