"""Bech32 (BIP 173) without its limit of 90 characters, as age spells its keys."""

from app.errors import Malformed

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
_LONGEST = 2048
"""A hybrid recipient takes 1,959 characters; checking takes time in proportion."""


def encode(prefix: str, data: bytes) -> str:
    """`data` under a lower-case `prefix`, in lower case."""
    words = _regroup(data, 8, 5)
    residue = _polymod(_expand(prefix) + words + [0] * _CHECKSUM) ^ 1
    check = [residue >> 5 * (_CHECKSUM - 1 - i) & 31 for i in range(_CHECKSUM)]
    return f"{prefix}1" + "".join(_ALPHABET[word] for word in words + check)


def decode(prefix: str, text: str) -> bytes:
    """The bytes that `encode(prefix, ...)` spells exactly so. Raises Malformed `bech32-form`."""
    start, marker, tail = text[: _LONGEST + 1].rpartition("1")
    words = [_ALPHABET.find(letter) for letter in tail]
    if start != prefix or not marker or -1 in words or _polymod(_expand(prefix) + words) != 1:
        raise Malformed("bech32-form", "Copy the whole key again: it does not match its checksum.")
    data = bytes(_regroup(words[:-_CHECKSUM], 5, 8))
    if len(text) > _LONGEST or _regroup(data, 8, 5) != words[:-_CHECKSUM]:  # spare bits, not zero
        raise Malformed("bech32-form", "Spell the key in its one canonical form.")
    return data


def _expand(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _folded(top: int) -> int:
    """What the five bits that leave the residue bring back into it."""
    folded = 0
    for i, term in enumerate(_GENERATOR):
        if top >> i & 1:
            folded ^= term
    return folded


_FOLDED = tuple(map(_folded, range(32)))
"""All of them, made once: a hybrid key is two thousand steps long."""


def _polymod(words: list[int]) -> int:
    residue = 1
    for word in words:
        residue = (residue & 0x1FFFFFF) << 5 ^ word ^ _FOLDED[residue >> 25]
    return residue


def _regroup(values: bytes | list[int], old: int, new: int) -> list[int]:
    """The bits of `values`, `old` to each, `new` to each; padded with zeros when that is finer."""
    groups, bits, held = [], 0, 0
    for value in values:
        bits, held = bits << old | value, held + old
        while held >= new:
            held -= new
            groups.append(bits >> held)
            bits &= (1 << held) - 1
    if held and new < old:
        groups.append(bits << new - held)
    return groups
