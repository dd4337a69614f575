"""Bodies hold codes, dates, ids, integers and digests: no word about a person fits into one."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import Malformed
from app.handover.bodies import BODIES
from app.handover.bodies.base import MAX_ITEMS
from app.handover.codes import DERIVED_FACTS
from app.handover.statement import MAX_CHILDREN, MAX_PLACE, Payload, body_value, parse_body
from app.handover.timetable import MAX_REPLACED
from tests.handover import make

KINDS = sorted(BODIES)
ATTESTED = ["receipt", "acknowledgement", "arrangements", "acceptance", "decline", "fact",
            "disposition"]  # fmt: skip


def leaves(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema that has a type, an enumeration or nothing at all."""
    if isinstance(schema, list):
        for number, one in enumerate(schema):
            yield from leaves(one, f"{path}/{number}")
        return
    structure = {"properties", "$defs", "items", "prefixItems", "anyOf", "oneOf", "allOf", "$ref"}
    if not structure & schema.keys():
        yield path, schema
    for word in ("properties", "$defs"):
        for name, one in schema.get(word, {}).items():
            yield from leaves(one, f"{path}/{word}/{name}")
    for word in ("items", "prefixItems", "anyOf", "oneOf", "allOf"):
        if word in schema:
            yield from leaves(schema[word], f"{path}/{word}")


def says_nothing(leaf: dict[str, Any]) -> bool:
    """Whether only coded values fit: no free text and no open object."""
    if "enum" in leaf or "const" in leaf:
        return True
    match leaf.get("type"):
        case "string":
            pattern = leaf.get("pattern", "")
            return pattern.startswith("^") and pattern.endswith("$") and " " not in pattern
        case "integer":
            return "maximum" in leaf or leaf.get("minimum") == 0
        case "object":  # a body without members, such as a bare acknowledgement
            return leaf.get("additionalProperties") is False
        case kind:
            return kind in ("boolean", "null")


@pytest.mark.parametrize("kind", KINDS)
def test_only_coded_values_fit(kind: str) -> None:
    free = [path for path, leaf in leaves(BODIES[kind].model_json_schema())
            if not says_nothing(leaf)]  # fmt: skip
    assert free == (["/properties/body"] if kind == "attested" else [])


@pytest.mark.parametrize("kind", KINDS)
def test_no_object_takes_members_we_do_not_know(kind: str) -> None:
    schema = BODIES[kind].model_json_schema()
    for one in (schema, *schema.get("$defs", {}).values()):
        assert one.get("type") != "object" or one.get("additionalProperties") is False


@pytest.mark.parametrize(
    "leaf",
    [
        {},
        {"type": "string"},
        {"type": "string", "maxLength": 20},
        {"type": "string", "pattern": "^[A-Za-z ]*$"},
        {"type": "string", "pattern": "[a-z]"},
        {"type": "number"},
        {"type": "integer"},
        {"type": "object", "additionalProperties": True},
    ],
)
def test_the_schema_test_would_notice(leaf: dict[str, Any]) -> None:
    found = list(leaves({"properties": {"x": {"anyOf": [leaf, {"type": "null"}]}}}))
    assert not all(says_nothing(one) for _, one in found)


def test_every_kind_of_the_protocol_has_a_body() -> None:
    assert set(KINDS) == {
        "notification", "records_request", "dispatch", "receipt", "refusal", "acknowledgement",
        "arrangements", "acceptance", "decline", "recall", "closure", "supplement", "correction",
        "query", "reply", "fact", "disposition", "disagreement", "chase", "heard", "destruction",
        "sync", "attested",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_body_comes_back_as_it_was(kind: str) -> None:
    body = parse_body(kind, make.BODIES[kind])
    assert type(body) is BODIES[kind]
    assert body_value(body) == make.BODIES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_members_we_do_not_know_are_refused_and_not_repeated(kind: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_body(kind, {**make.BODIES[kind], "Joanna Fictional": 1})
    assert caught.value.code == "statement-body"
    assert "Joanna" not in f"{caught.value} {caught.value.pointer}"


def scalars(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in pairs:
            yield from scalars(one, (*path, name))
    else:
        yield path, value


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """`value` with another value at `path`."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


PLACES = [(kind, path) for kind in KINDS for path, _ in scalars(make.BODIES[kind])]


@pytest.mark.parametrize("new", [None, 1.5, "Joanna Fictional", "", [], {}], ids=repr)
def test_nulls_floats_and_words_are_refused_everywhere(new: Any) -> None:
    for kind, path in PLACES:
        with pytest.raises(Malformed) as caught:
            parse_body(kind, put(make.BODIES[kind], path, new))
        assert "Joanna" not in f"{caught.value} {caught.value.pointer}", (kind, path)


@pytest.mark.parametrize("new", ["1", True, False, 0, 1, 1.0], ids=repr)
def test_numbers_and_truth_values_have_one_spelling(new: Any) -> None:
    for kind, path in PLACES:
        old: Any = make.BODIES[kind]
        for name in path:
            old = old[name]
        if isinstance(old, int) and type(old) is not type(new):
            with pytest.raises(Malformed):
                parse_body(kind, put(make.BODIES[kind], path, new))


BAD = {
    "a duplicate of nothing": ("disposition", {"dispositions": [
        make.disposed("item", "duplicate_of")]}),
    "the same as something, yet resolved": ("disposition", {"dispositions": [
        make.disposed("item", "resolved", same_as=make.ident("other"))]}),
    "no dispositions": ("disposition", {"dispositions": []}),
    "too many items": ("supplement", {"items": [
        make.item(f"item {n}") for n in range(MAX_ITEMS + 1)]}),
    "adjourned without why": ("acceptance", make.conference([
        {"child": make.ASH, "result": "adjourned"}])),
    "why adjourned, yet no plan": ("acceptance", make.conference([
        make.result(make.ASH, "no_plan", adjourned="not_quorate")])),
    "not accepted without why": ("acceptance", make.conference([
        {"child": make.ASH, "result": "not_accepted"}])),
    "why not accepted, yet a plan": ("acceptance", make.conference([
        make.result(make.ASH, declined="duplicate")])),
    "a plan without its category": ("acceptance", make.conference([
        {"child": make.ASH, "result": "plan", "start": "2026-03-16"}])),
    "a plan without its start": ("acceptance", make.conference([
        {"child": make.ASH, "result": "plan",
         "category": {"scheme": "england", "code": "neglect"}}])),
    "a category in census letters": ("acceptance", make.conference([
        make.result(make.ASH, category={"scheme": "england", "code": "NEG"})])),
    "a category of no nation": ("acceptance", make.conference([
        make.result(make.ASH, category={"scheme": "france", "code": "neglect"})])),
    "a basis that is not the transfer's": ("notification", {
        **make.BODIES["notification"], "basis": "information"}),
    "papers of another basis": ("dispatch", {
        **make.BODIES["dispatch"], "transfer": "information_only"}),
    "an item answered twice": ("disposition", {"dispositions": [
        make.disposed("item"), make.disposed("item", "resolved")]}),
    "an item answered twice at a conference": ("acceptance", make.conference(
        [make.result(make.ASH)], [make.disposed("item"), make.disposed("item")])),
    "a step replaced twice": ("acknowledgement", {"steps": [make.LIMIT, make.LIMIT]}),
    "too many steps": ("acknowledgement", {"steps": [
        {**make.LIMIT, "code": f"step{n}"} for n in range(MAX_REPLACED + 1)]}),
    "a step's start replaced": ("acknowledgement", {"steps": [
        {**make.LIMIT, "after": ["moved"]}]}),
    "a correction that does not say whether it withdraws": ("correction", {
        "of": make.digest("x"), "items": []}),
    "a kept item without its name": ("fact", {"code": "item_kept", "on": "2026-03-03"}),
    "a fact in words": ("fact", {"code": "Seen by Joanna", "on": "2026-03-03"}),
    "nobody's result": ("acceptance", make.conference([])),
    "missing papers as a reason": ("decline", {"code": "papers_missing"}),
    "capacity as a reason": ("decline", {"code": "capacity"}),
    "too little evidence as a disposition": ("disposition", {"dispositions": [
        make.disposed("item", "not_enough_evidence")]}),
    "unusable without why": ("receipt", {"of": make.digest("x"), "result": "unusable"}),
    "why unusable, yet stored": ("receipt", {**make.BODIES["receipt"], "code": "bundle-digest"}),
    "a day no calendar has": ("closure", {"ended": "2026-02-30"}),
    "a time without its zone": ("fact", {"code": "child_seen", "on": "2026-03-02T09:00:00"}),
    "an id in capitals": ("reply", {"query": make.ident("query").upper(), "result": "answered"}),
    "an id with two spellings": ("reply", {"query": "a" * 25 + "b", "result": "answered"}),
    "a tenth rung": ("chase", {"step": "acknowledge", "rung": 10}),
    "attested, yet its body is another kind's": ("attested", {
        **make.BODIES["attested"], "says": "decline"}),
    "a dispatch attested": ("attested", {
        **make.BODIES["attested"], "says": "dispatch", "body": make.BODIES["dispatch"]}),
    "attested twice over": ("attested", {
        **make.BODIES["attested"], "says": "attested", "body": make.BODIES["attested"]}),
    **{f"{code} as a fact": ("fact", {"code": code, "on": "2026-03-02"})
       for code in sorted(DERIVED_FACTS)},
}  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), BAD.values(), ids=BAD)
def test_refused(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        parse_body(kind, body)
    assert caught.value.code == "statement-body"


@pytest.mark.parametrize("says", ATTESTED)
def test_what_was_told_is_held_to_its_own_form(says: str) -> None:
    attested = {**make.BODIES["attested"], "says": says, "body": make.BODIES[says]}
    parse_body("attested", attested)
    with pytest.raises(Malformed):
        parse_body("attested", {**attested, "body": {**make.BODIES[says], "note": "words"}})


BAD_PAYLOADS: dict[str, dict[str, Any]] = {
    "children out of order": {"children": [make.BIRCH, make.ASH]},
    "a child twice": {"children": [make.ASH, make.ASH]},
    "no children, said aloud": {"children": []},
    "too many children": {"children": sorted(make.ident(f"{n}") for n in range(MAX_CHILDREN + 1))},
    "the first place after something": {"place": 1, "prev": make.digest("x")},
    "a place after nothing": {"place": 2},
    "something before no place": {"prev": make.digest("x")},
    "place 0": {"place": 0},
    "a place too far": {"place": MAX_PLACE + 1, "prev": make.digest("x")},
    "a word to oneself": {"to": make.SENDER},
    "no handover": {"handover": None},
    "a time for `at` without its second": {"at": "2026-03-02", "effective": "2026-03-02"},
    "a version in words": {"v": "1"},
    "an authority without its scheme": {"from": "E10000025"},
}


@pytest.mark.parametrize("members", BAD_PAYLOADS.values(), ids=BAD_PAYLOADS)
def test_a_payload_of_no_such_form_is_refused(members: dict[str, Any]) -> None:
    Payload.model_validate_json(make.canonical(make.value("fact")))
    with pytest.raises(ValidationError):
        Payload.model_validate_json(make.canonical(make.value("fact", **members)))
