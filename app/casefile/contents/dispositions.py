"""What the words about an item must say, by what happens to it now."""

from collections.abc import Iterable, Mapping

from app.casefile.contents.taking_over import ItemWords
from app.errors import Malformed

NEEDED: Mapping[str, str] = {
    "carried_forward": "owner",
    "in_new_plan": "owner",
    "referred_on": "referred_to",
    "stays_with_sender": "reason",
    "resolved": "evidence",
    "not_agreed": "reason",
    "queried": "next_step",
}
"""Disposition → the field of `ItemWords` that it can't do without: a concern is taken over by
name, referred to somebody, or resolved by something that was seen."""


def check_dispositions(words: Iterable[ItemWords], dispositions: Mapping[str, str]) -> None:
    """Hold the words to the coded dispositions (item → code) of the same statement.

    Raises Malformed (`item-words-missing`), naming the items.
    """
    said = {word.item: word for word in words}
    bare = tuple(
        item
        for item, disposition in sorted(dispositions.items())
        if (field := NEEDED.get(disposition)) and getattr(said.get(item), field, None) is None
    )
    if bare:
        raise Malformed(
            "item-words-missing",
            "Say for each item who has it now, where it went, or what shows that it is resolved",
            ids=bare,
        )
