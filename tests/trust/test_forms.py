import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from app.crypto import strictjson
from app.errors import Malformed
from app.trust import forms
from app.trust.accesslog import Access
from app.trust.directory import DirectoryDocument, Roots
from app.trust.keyring import Keyring
from tests.trust.making import NOW, ROOTS, authority, document, keyring

MODELS: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (DirectoryDocument, forms.value(document(authority()))),
    (Keyring, forms.value(keyring())),
    (Roots, forms.value(ROOTS)),
    (
        Access,
        {
            "at": "2026-03-02T09:00:00Z",
            "who": "a",
            "act": "open",
            "handover": "a" * 26,
            "part": "x",
        },
    ),
]
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**53 - 1,
        "",
        "x",
        "é\n",
        "2199-12-31T23:59:59Z",
        [],
        {},
        [[]],
        {"x": None},
    ]
)


def spoil(value: Any, draw: Any) -> Any:
    """`value` with something odd at one place."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: spoil(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [spoil(value[0], draw), *value[1:]]
    return draw(ODD)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_any_json_gives_a_document_or_our_refusal(data: st.DataObject) -> None:
    model, value = data.draw(st.sampled_from(MODELS))
    spoilt = strictjson.canonical(spoil(copy.deepcopy(value), data.draw))
    try:
        made = forms.read(model, spoilt, "form")
    except Malformed:
        return
    assert forms.data(made) == spoilt


@pytest.mark.parametrize("model", [model for model, _ in MODELS])
def test_every_member_is_required(model: type[BaseModel]) -> None:
    value = next(value for one, value in MODELS if one is model)
    for name in value:
        less = strictjson.canonical({key: held for key, held in value.items() if key != name})
        with pytest.raises(Malformed) as refusal:
            forms.read(model, less, "form")
        assert refusal.value.pointer == f"/{name}"


def test_even_the_errors_below_ours_hide_what_was_given() -> None:
    with pytest.raises(ValidationError) as refusal:
        Access.model_validate({"who": "Zebedee Example"})
    assert "Zebedee" not in str(refusal.value)


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        NOW.replace(microsecond=999_999),
        NOW.astimezone(timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_in_words(moment: datetime) -> None:
    assert forms.stamp(moment) == "2026-03-02T09:00:00Z"
    assert forms.whole(moment) == NOW
    assert forms.whole(moment).tzinfo == UTC
