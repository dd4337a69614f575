"""One reading of one wire form, and errors that repeat nothing of what they read."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.errors import Malformed
from app.handover.bodies import BODIES
from app.handover.bodies.answers import Acknowledgement
from app.handover.bodies.conversation import FactStated
from app.handover.statement import (
    ANSWERS,
    WITH_BUNDLE,
    WITHOUT_BUNDLE,
    WITHOUT_CHILDREN,
    check_payload,
    from_envelope,
    reopen,
    to_value,
)
from app.trust.authority import Authority
from app.trust.envelope import VerifiedEnvelope
from tests.handover import make


def opened(payload: dict[str, Any]) -> Any:
    return reopen(make.wire(payload))


def test_identity_is_the_digest_of_the_payload_alone() -> None:
    payload = make.value("fact")
    wire = make.wire(payload)
    signed = wire.replace(b'"signatures":[]', b'"signatures":[{}]')
    expected = hashlib.sha256(make.canonical(payload)).hexdigest()
    assert reopen(wire).digest == reopen(signed).digest == expected
    assert reopen(signed).wire == signed


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_payload_comes_back_as_it_was(kind: str) -> None:
    payload = make.value(kind)
    statement = opened(payload)
    assert to_value(statement.payload) == payload
    assert type(statement.body) is BODIES[kind]
    assert statement.kind == kind
    assert statement.handover == make.HANDOVER


def test_an_envelope_and_our_own_records_give_the_same_statement() -> None:
    payload = make.value("fact")
    wire = make.wire(payload)
    authority = object.__new__(Authority)
    verified = VerifiedEnvelope(payload, make.canonical(payload), "", wire, authority, "")
    assert from_envelope(verified) == reopen(wire)


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_bundle_goes_with_the_kinds_that_have_one(kind: str) -> None:
    bundle = make.value("query")["bundle"]
    for has in (bundle, None):
        payload = make.value(kind, bundle=has)
        if (has and kind in WITHOUT_BUNDLE) or (not has and kind in WITH_BUNDLE):
            with pytest.raises(Malformed, match="statement-bundle"):
                opened(payload)
        else:
            opened(payload)


def test_which_kinds_have_a_bundle() -> None:
    assert set(BODIES) - WITH_BUNDLE - WITHOUT_BUNDLE == {
        "recall", "closure", "fact", "disposition", "chase", "destruction",
    }  # fmt: skip
    assert not WITH_BUNDLE & WITHOUT_BUNDLE
    assert ANSWERS <= WITHOUT_BUNDLE


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_statement_names_its_children_unless_it_is_of_none(kind: str) -> None:
    other = [make.ASH] if kind in WITHOUT_CHILDREN else None
    with pytest.raises(Malformed, match="statement-children"):
        opened(make.value(kind, children=other))


@pytest.mark.parametrize("children", [[make.BIRCH], [make.ASH, make.BIRCH]])
def test_a_conference_decides_for_the_children_it_names(children: list[str]) -> None:
    with pytest.raises(Malformed, match="statement-children"):
        opened(make.value("acceptance", children=children))
    said = {**make.BODIES["attested"], "says": "acceptance", "body": make.BODIES["acceptance"]}
    opened(make.value("attested", said))
    with pytest.raises(Malformed, match="statement-children"):
        opened(make.value("attested", said, children=children))


def test_a_conference_decides_once_for_each_child() -> None:
    twice = make.conference([make.result(make.ASH), make.result(make.ASH, "no_plan")])
    with pytest.raises(Malformed, match="statement-children"):
        opened(make.value("acceptance", twice))


LATER: list[dict[str, Any]] = [
    {"mood": "new"},
    {"bundle": {**make.value("query")["bundle"], "form": "zip"}},
    {"bundle": None},
    {"place": None, "prev": None},
    {"children": None},
    {"body": {"new": [{"deep": None}]}},
]


@pytest.mark.parametrize("members", LATER)
def test_of_a_later_version_only_what_all_share_is_read(members: dict[str, Any]) -> None:
    value = {**make.value("fact"), **members}
    with pytest.raises(Malformed):
        opened({**value, "kind": "query"})
    later = opened({**value, "v": 2})
    assert later.body is None
    assert (later.payload.v, later.handover, later.payload.sender) == (
        2, make.HANDOVER, make.SENDER,
    )  # fmt: skip


@pytest.mark.parametrize(
    "members", [{"from": 1}, {"at": "today"}, {"children": ["x"]}, {"to": make.SENDER}, {"v": True}]
)
def test_what_all_share_is_of_its_form_in_every_version(members: dict[str, Any]) -> None:
    for version in (1, 2):
        with pytest.raises(Malformed, match="statement-invalid"):
            opened({**make.value("fact"), "v": version, **members})


@pytest.mark.parametrize(("kind", "version"), [("telepathy", 1), ("fact", 2)])
def test_what_we_do_not_know_yet_is_opened_without_a_body(kind: str, version: int) -> None:
    payload = make.value(kind, {"whatever": [{"is": "new"}]}, v=version)
    statement = opened(payload)
    assert statement.body is None
    assert check_payload(statement.payload) is None
    assert to_value(statement.payload) == payload


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"at": "Joanna Fictional"}, "statement-invalid", "/at"),
        ({"Joanna Fictional": 1}, "statement-invalid", ""),
        ({"bundle": {"Joanna Fictional": 1}}, "statement-invalid", "/bundle/sha256"),
        ({"children": ["Joanna Fictional"]}, "statement-invalid", "/children/0"),
        ({"body": {"code": "Joanna", "on": "2026-03-02"}}, "statement-body", "/body/code"),
        ({"body": {**make.BODIES["fact"], "Joanna": 1}}, "statement-body", "/body"),
        ({"body": "Joanna Fictional"}, "statement-invalid", "/body"),
    ],
)
def test_an_error_points_and_repeats_nothing(
    changes: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(Malformed) as caught:
        opened({**make.value("fact"), **changes})
    assert (caught.value.code, caught.value.pointer) == (code, pointer)
    assert "Joanna" not in str(caught.value)


@pytest.mark.parametrize("name", ["place", "prev", "seen", "children", "bundle"])
def test_absent_is_left_out_and_never_null(name: str) -> None:
    payload = make.value("fact")
    with pytest.raises(Malformed, match="statement-null"):
        opened({**payload, name: None})
    with pytest.raises(Malformed, match="statement-null"):
        opened({**payload, "body": {**payload["body"], "item": None}})


def test_no_payload_at_all_is_malformed() -> None:
    for payload in (b"", b"[]", b"{", b"null"):
        verified = VerifiedEnvelope({}, payload, "", b"", object.__new__(Authority), "")
        with pytest.raises(Malformed, match="statement-invalid"):
            from_envelope(verified)


def test_an_attested_entry_gives_what_was_said() -> None:
    told = make.statement("attested")
    kind, body = told.said
    assert (kind, type(body)) == ("acknowledgement", Acknowledgement)
    kind, body = make.statement("fact").said
    assert (kind, type(body)) == ("fact", FactStated)


def test_a_statement_can_not_be_changed() -> None:
    statement = make.statement("fact")
    with pytest.raises(AttributeError):
        statement.digest = ""  # type: ignore[misc]
    assert replace(statement, wire=b"") != statement
    assert json.loads(statement.wire)["signatures"] == []
    assert datetime.fromisoformat(statement.payload.at).tzinfo is not None
