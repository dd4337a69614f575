from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle.manifest import LIMITS, Limits, Manifest, describe_attachment, path_of
from app.crypto import strictjson
from app.errors import CaseHandoverError, Malformed, NotFound, TooLarge
from tests.vectors.make_bundle import manifest, second

CONTENT, FIRST, LAST = manifest()["members"]
NAMES = [
    "Minutes 1.txt",
    "протокол конференции.pdf",
    "محضر الاجتماع.pdf",
    "会议记录.pdf",
    "கூட்ட அறிக்கை.pdf",
    "نامه\u200cها.pdf",  # a zero-width non-joiner is part of Persian spelling
    "Ça va — ?*:.pdf",
    "…",
    "x" * 255,
    "👩‍👧‍👦.png",
]
BROKEN: dict[str, dict[str, Any]] = {
    "version as text": manifest(v="1"),
    "version as truth": manifest(v=True),
    "kind in capitals": manifest(kind="Dispatch"),
    "kind empty": manifest(kind=""),
    "handover not an id": manifest(handover="a" * 25),
    "sender without scheme": manifest(**{"from": "E99999901"}),
    "recipient missing": {k: v for k, v in manifest().items() if k != "to"},
    "sender under its field name": {
        ("sender" if k == "from" else k): v for k, v in manifest().items()
    },
    "nonce short": manifest(nonce="A" * 42),
    "nonce with spare bits": manifest(nonce="A" * 42 + "B"),
    "nonce with a line end": manifest(nonce="A" * 43 + "\n"),
    "no members": manifest(members=[]),
    "members not a list": manifest(members={}),
    "content twice": manifest(members=[CONTENT, CONTENT]),
    "content last": manifest(members=[FIRST, CONTENT]),
    "attachment twice": manifest(members=[CONTENT, FIRST, FIRST]),
    "attachments out of order": manifest(members=[CONTENT, LAST, FIRST]),
    "attachment zero": manifest(members=[CONTENT, {**FIRST, "path": "attachments/0000"}]),
    "content with a name": manifest(members=[{**CONTENT, "name": "a", "labels": ["open"]}]),
    "path upwards": second(path="attachments/../content.json"),
    "path of five digits": second(path="attachments/00002"),
    "path in other digits": second(path="attachments/٠٠٠٢"),
    "name empty": second(name=""),
    "name absent": manifest(members=[CONTENT, {k: v for k, v in FIRST.items() if k != "name"}]),
    "name null": second(name=None),
    "name a path": second(name="a/b.pdf"),
    "name a Windows path": second(name="C:\\b.pdf"),
    "name dot": second(name="."),
    "name dots": second(name=".."),
    "name of two lines": second(name="a\nb.pdf"),
    "name with a line end": second(name="b.pdf\n"),
    "name with NUL": second(name="a\0.pdf"),
    "name with a C1 control": second(name="a\x85.pdf"),
    "name with a line separator": second(name="a\u2028b.pdf"),
    "name shown in another order": second(name="a\u202efdp.exe"),
    "name too long": second(name="x" * 256),
    "media type with parameters": second(media_type="text/html; charset=utf-8"),
    "media type in capitals": second(media_type="Text/html"),
    "media type with a line end": second(media_type="text/html\n"),
    "label in words": second(labels=["not for the father"]),
    "label in one text": second(labels="open"),
    "no label": second(labels=[]),
    "label twice": second(labels=["not_to", "not_to"]),
    "open and not open": second(labels=["open", "not_to"]),
    "digest in capitals": second(sha256="A" * 64),
    "digest short": second(sha256="a" * 63),
    "size negative": second(size=-1),
    "size as text": second(size="256"),
    "size as truth": second(size=True),
    "size past ustar": second(size=8**11),
}


def parse(value: dict[str, Any], limits: Limits = LIMITS) -> Manifest:
    return Manifest.parse(strictjson.canonical(value), limits)


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN.keys())
def test_another_form_is_refused_without_an_echo(value: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="bundle-manifest-malformed") as caught:
        parse(value)
    assert "pdf" not in f"{caught.value.detail}{caught.value.pointer}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script(name: str) -> None:
    member = parse(second(name=name)).members[2]
    assert member.path == "attachments/0002"
    assert member.model_dump()["name"] == name


def test_it_is_spelt_as_it_was_read() -> None:
    data = strictjson.canonical(manifest())
    assert Manifest.parse(data, LIMITS).data() == data


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_other_bytes_are_refused_in_our_own_words(data: bytes) -> None:
    with pytest.raises(CaseHandoverError):
        Manifest.parse(data, LIMITS)


def test_limits() -> None:
    data = strictjson.canonical(manifest())
    for limits, code in {
        Limits(members=2): "bundle-too-many-members",
        Limits(content=CONTENT["size"] - 1): "bundle-content-too-large",
        Limits(manifest=len(data) - 1): "json-too-large",
    }.items():
        with pytest.raises(TooLarge, match=code):
            parse(manifest(), limits)
    parse(manifest(), Limits(members=3, content=CONTENT["size"], manifest=len(data)))


def test_two_thousand_members_fit_and_no_more() -> None:
    def many(count: int) -> dict[str, Any]:
        rest = [{**FIRST, "path": path_of(number)} for number in range(1, count)]
        return manifest(members=[CONTENT, *rest])

    assert len(parse(many(2000)).members) == 2000
    with pytest.raises(TooLarge, match="bundle-too-many-members"):
        parse(many(2001))


def test_a_member_that_is_not_listed() -> None:
    with pytest.raises(NotFound, match="bundle-member-unknown"):
        parse(manifest()).locate("attachments/0003", 0)


def test_a_label_of_a_later_version_travels_and_none_is_made_up_here() -> None:
    later = parse(second(labels=["of_a_later_version"]))
    assert later.members[2].labels == ("of_a_later_version",)  # type: ignore[union-attr]
    with pytest.raises(Malformed, match="label-unknown"):
        describe_attachment(1, "a.pdf", "application/pdf", ["of_a_later_version"])
