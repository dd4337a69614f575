"""What handling labels and protected addresses forbid, in a case file and in all sealed words.

These work on JSON values and not on models: what a later version adds is held to its labels too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.casefile.model import Gap, Part, Parts

Labels = frozenset[str] | None
"""The handling labels that a reader may open; None for every label, known or not."""
_Meant = Callable[[dict[str, Any]], bool]

_TELL_NO_PLACE = frozenset(
    {"id", "kind", "children", "people", "start", "end", "confirmed", "protection", "safe_contact",
     "handling", "provenance", "supersedes", "withdrawn"}
)  # fmt: skip
"""What stays of a protected address. All else is masked, also what a later version adds."""
_NAMES = frozenset({"entry", "replaced_by"})
"""What stays of the words about one that was wrong."""
_NO_ADDRESSES = frozenset(Parts.model_fields) - {"addresses"} | {
    "authority", "declared", "from_authority", "held_by", "issuer", "placed_by", "reviews",
    "to_authority",
}  # fmt: skip
"""Names of fields whose entries are no addresses. Who protects an address can take any id for its
own or for that of an earlier form: it must not mask a concern, a child, or all that we wrote."""


@dataclass(frozen=True)
class Disclosed:
    """Words as a reader may have them: how many entries are left out of them for their handling
    labels, and of how many protected addresses the place is masked (null)."""

    value: Any
    withheld: int
    masked: int


def disclose(words: Any, labels: Labels, beside: Sequence[Any] = ()) -> Disclosed:
    """Leave out what carries a label that is not among `labels`, and mask protected addresses.

    `beside`: what else was said of the case, such as corrections; what that protects or limits is
    held to it here too. Nothing else is touched: words without either come out equal.
    """
    kept, withheld = _without(words, labels, beside)
    masked: list[Any] = []
    return Disclosed(_masked(kept, _protected(words, beside), masked), withheld, len(masked))


def protected_addresses(
    words: Any, labels: Labels, beside: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Every address that `disclose` masks, in full."""
    kept, _ = _without(words, labels, beside)
    is_protected = _protected(words, beside)
    return [entry for place, entry in _placed(kept) if _is_masked(entry, place, is_protected)]


def withheld_ids(words: Any, labels: Labels, beside: Sequence[Any] = ()) -> frozenset[str]:
    """The ids of the entries that `disclose` leaves out, with all that is inside them."""
    kept, _ = _without(words, labels, beside)
    return frozenset(_ids(words) - _ids(kept))


def withholds_document(words: Any, number: int, labels: Labels) -> bool:
    """Whether the words about document `number` carry a label that is not among `labels`: those of
    a case file, or of the parts of a supplement or correction."""
    parts = words.get("parts") if isinstance(words, dict) else None
    beside = [one.get("attachments") for one in (words, parts) if isinstance(one, dict)]
    return any(
        isinstance(one, dict) and one.get("number") == number and _is_closed(one, labels)
        for about in beside
        for one in (about if isinstance(about, list) else ())
    )


def is_restricted(words: Any) -> bool:
    """Whether a case file, of whatever version, says that it is open to named people only."""
    return isinstance(words, dict) and words.get("restricted") is not None


def privileged(parts: Parts) -> tuple[str, ...]:
    """The ids of entries, and the numbers of documents, under legal privilege: never to be sent.

    In the order of the file, gaps last; documents as `attachment N`.
    """
    limited: tuple[Part | Gap, ...] = (*parts.entries(), *parts.gaps)
    entries = [
        entry.id
        for entry in limited
        if any(one.code == "legal_privilege" for one in entry.handling)
    ]
    documents = [
        f"attachment {one.number}"
        for one in parts.attachments
        if any(limit.code == "legal_privilege" for limit in one.handling)
    ]
    return (*entries, *documents)


def _is_closed(entry: Any, labels: Labels) -> bool:
    """Handling of a form that we don't know closes an entry, as does a label that we don't know."""
    handling = entry.get("handling") if isinstance(entry, dict) else None
    if labels is None or handling is None:
        return False
    if not isinstance(handling, list):
        return True
    codes = [one.get("code") if isinstance(one, dict) else None for one in handling]
    return not all(isinstance(code, str) and code in labels for code in codes)


def _without(words: Any, labels: Labels, beside: Sequence[Any]) -> tuple[Any, int]:
    """The words without their closed entries and other forms of them, and how many those are;
    `{}` for words that are closed."""
    is_closed = _in_any_form([words, *beside], lambda entry: _is_closed(entry, labels))
    withheld = 0

    def stays(value: Any) -> bool:
        nonlocal withheld
        closed = isinstance(value, dict) and (
            is_closed(value) or _speaks_of(value, is_closed) or _is_about(value, is_closed)
        )
        withheld += closed
        return not closed

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: kept(one) for name, one in value.items() if stays(one)}
        if isinstance(value, list):
            return [kept(one) for one in value if stays(one)]
        return value

    return (kept(words) if stays(words) else {}), withheld


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in the value, itself included."""
    return (entry for _, entry in _placed(value))


def _placed(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in the value, itself included, with the name of the field that it is in."""
    if isinstance(value, dict):
        yield place, value
        for name, one in value.items():
            yield from _placed(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _placed(one, place)


def _protected(words: Any, beside: Sequence[Any]) -> _Meant:
    """Whether an object is a protected address, or another form of one."""
    return _in_any_form([words, *beside], lambda entry: entry.get("protection") is not None)


def _in_any_form(said: Sequence[Any], is_meant: _Meant) -> _Meant:
    """Whether an entry is meant, or another form of one that is: what it supersedes, or has its id,
    stays in the words, and may tell the same."""
    forms: set[str] = set()
    replaced: dict[str, set[str]] = {}
    for entry in _entries(list(said)):
        own, olds = _texts([entry.get("id")]), _texts(entry.get("supersedes"))
        for new in own:
            replaced.setdefault(new, set()).update(olds)
        for new in _texts([entry.get("replaced_by")]):  # as a correction says it
            replaced.setdefault(new, set()).update(_texts([entry.get("entry")]))
        if is_meant(entry):
            forms |= own | olds
    waiting = list(forms)
    while waiting:
        older = replaced.get(waiting.pop(), set()) - forms
        forms |= older
        waiting += older
    return lambda entry: is_meant(entry) or bool(_texts([entry.get("id")]) & forms)


def _speaks_of(value: dict[str, Any], is_meant: _Meant) -> bool:
    """Whether this is what a correction says of an entry that is meant: what was wrong with it may
    tell what it says."""
    named = (value.get("entry"), value.get("replaced_by")) if "why" in value else ()
    return any(is_meant({"id": one}) for one in named)


def _is_about(value: dict[str, Any], is_meant: _Meant) -> bool:
    """Whether this is a gap in an entry that is meant, or says where in a document it is found."""
    about = value.get("about")
    return isinstance(about, dict) and is_meant({"id": about.get("entry")})


def _ids(words: Any) -> set[str]:
    return {own for entry in _entries(words) for own in _texts([entry.get("id")])}


def _texts(value: Any) -> set[str]:
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()


def _is_masked(entry: dict[str, Any], place: str, is_protected: _Meant) -> bool:
    """Protected itself or, unless it stands where no address does, another form of one that is."""
    if place in _NO_ADDRESSES:
        return entry.get("protection") is not None
    return is_protected(entry)


def _masked(value: Any, is_protected: _Meant, masked: list[dict[str, Any]], place: str = "") -> Any:
    if isinstance(value, list):
        return [_masked(one, is_protected, masked, place) for one in value]
    if not isinstance(value, dict):
        return value
    if _speaks_of(value, is_protected):
        return {name: one if name in _NAMES else None for name, one in value.items()}
    told = value
    if _is_masked(value, place, is_protected):
        told = {name: one if name in _TELL_NO_PLACE else None for name, one in value.items()}
        if isinstance(over := told.get("withdrawn"), dict):  # why, may be that it is elsewhere
            told["withdrawn"] = {name: one if name == "on" else None for name, one in over.items()}
    if told != value:
        masked.append(value)
    return {name: _masked(one, is_protected, masked, name) for name, one in told.items()}
