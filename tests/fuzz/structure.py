"""Mutations of JSON that stay JSON: members lost, doubled, renamed, exchanged and made odd."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import atheris

ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**53 - 1, 2**53, -(2**63), 10**30, 0.5, "", "\0", "\ud800",
    "\u202e", "\u2028", "=1+1", "../../x", "a" * 26, "b" * 26, "0" * 64, "x" * 500, "x" * 5000,
    "2026-02-29", "2026-03-02", "0000-00-00", "1900-01-01", "2199-12-31", "9999-12-31",
    "2199-12-31T23:59:59Z", "2026-03-02T24:00:00Z", "2026-03-02T09:00:00+14:00", "2026", "2026-13",
    [], {}, [[]], [None], {"": None}, "dispatch", "receipt", "held", "stored", "unusable",
]  # fmt: skip
Place = tuple[Any, Any]
"""A list or an object, and where in it."""


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """A changed document; what is no JSON is changed as bytes."""
    chance = random.Random(seed)
    try:
        document = [json.loads(data)]
    except (ValueError, RecursionError):
        return bytes(atheris.Mutate(data, max_size))
    if chance.random() < 0.05:
        return bytes(atheris.Mutate(data, max_size))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change(document, chance)
    made = json.dumps(document[0], separators=(",", ":")).encode()
    return made if len(made) <= max_size else data


def _change(document: list[Any], chance: random.Random) -> None:
    places = list(_places(document))
    holder, at = chance.choice(places)
    chance.choice(CHANGES)(holder, at, places, chance)


def _places(holder: Any) -> Iterator[Place]:
    pairs = enumerate(holder) if isinstance(holder, list) else holder.items()
    for at, inner in pairs:
        yield holder, at
        if isinstance(inner, list | dict):
            yield from _places(inner)


def _odd(holder: Any, at: Any, _places: list[Place], chance: random.Random) -> None:
    holder[at] = _copy(chance.choice(ODD))


def _another(holder: Any, at: Any, places: list[Place], chance: random.Random) -> None:
    other, there = chance.choice(places)
    holder[at] = _copy(other[there])


def _lost(holder: Any, at: Any, places: list[Place], _chance: random.Random) -> None:
    if holder is not places[0][0]:
        del holder[at]


def _doubled(holder: Any, at: Any, places: list[Place], chance: random.Random) -> None:
    if isinstance(holder, list) and holder is not places[0][0]:
        holder.insert(chance.randrange(len(holder) + 1), _copy(holder[at]))
    elif isinstance(holder, dict):
        holder[chance.choice([str(there) for _, there in places])] = _copy(holder[at])


def _nudged(holder: Any, at: Any, _places: list[Place], chance: random.Random) -> None:
    value = holder[at]
    if isinstance(value, bool):
        holder[at] = not value
    elif isinstance(value, int):
        holder[at] = value + chance.choice((-1, 1, 255, 65_536))
    elif isinstance(value, str):
        cut = chance.randrange(len(value) + 1)
        holder[at] = (
            value[:cut] + chance.choice(("", "0", "9", "a", "Z", " ", "é")) + value[cut + 1 :]
        )
    elif isinstance(value, list):
        chance.shuffle(value)


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


CHANGES: list[Callable[[Any, Any, list[Place], random.Random], None]] = [
    _odd, _another, _lost, _doubled, _nudged, _nudged,
]  # fmt: skip
