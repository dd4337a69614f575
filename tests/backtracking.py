"""Whether a regular expression that tries one way after the other can take more than linear time.

A pattern is read as a nondeterministic automaton whose states are its characters. It backtracks
exponentially where one text leads from a state back to it in two ways, and polynomially where one
text leads from p to p, from p to q and from q to q (Weber and Seidl, "On the degree of ambiguity of
finite automata", 1991). What ends a text is not looked at, and a long counted repetition is read as
an endless one: so a pattern may be called bad that is good, and never the other way round.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from re import _compiler, _constants, _parser  # type: ignore[attr-defined] # theirs, untyped
from typing import Any

LETTERS = [*map(chr, range(256)), "ſ", "\N{KELVIN SIGN}", "٣", "\u2028", "中", "𝔄"]
MOST_COPIES = 3
_CHARACTERS = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY)
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


@dataclass
class _Automaton:
    """Nodes joined by empty steps; a node that takes a character leads to the next number."""

    flags: int
    takes: dict[int, frozenset[str]] = field(default_factory=dict)
    empty: dict[int, list[tuple[int, bool]]] = field(default_factory=dict)
    """Where an empty step leads, and whether only at the edge of a text or of a word."""
    nodes: int = 0

    def node(self) -> int:
        self.nodes += 1
        return self.nodes

    def join(self, one: int, other: int, edge: bool = False) -> None:
        self.empty.setdefault(one, []).append((other, edge))

    def part(self, parsed: Any, at: int) -> int:
        """Add a parsed part that begins `at`; where it ends."""
        for operation, argument in parsed:
            at = self._one(parsed, operation, argument, at)
        return at

    def _one(self, parsed: Any, operation: Any, argument: Any, at: int) -> int:
        if operation in _CHARACTERS:
            return self._character(parsed, operation, argument, at)
        if operation in _REPEATS:
            least, most, part = argument
            return self._repeat(least, most, part, at)
        if operation is _constants.SUBPATTERN:
            assert not argument[1] | argument[2], "flags of a part are not read"
            return self.part(argument[3], at)
        if operation is _constants.BRANCH:
            end = self.node()
            for branch in argument[1]:
                start = self.node()
                self.join(at, start)
                self.join(self.part(branch, start), end)
            return end
        end = self.node()
        if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
            assert argument[1].getwidth()[1] < _constants.MAXREPEAT, "looks ahead without end"
        else:
            assert operation is _constants.AT, f"{operation} is not read"
        self.join(at, end, edge=True)
        return end

    def _character(self, parsed: Any, operation: Any, argument: Any, at: int) -> int:
        single = _parser.SubPattern(parsed.state, [(operation, argument)])
        takes = _compiler.compile(single, self.flags).fullmatch
        start = self.node()
        self.join(at, start)
        self.takes[start] = frozenset(letter for letter in LETTERS if takes(letter))
        return self.node()

    def _repeat(self, least: int, most: int, part: Any, at: int) -> int:
        for _ in range(min(least, MOST_COPIES)):
            at = self.part(part, at)
        end = self.node()
        self.join(at, end)
        if most > MOST_COPIES:
            start = self.node()
            self.join(at, start)
            after = self.part(part, start)
            self.join(after, start)
            self.join(after, end)
            return end
        for _ in range(most - min(least, MOST_COPIES)):
            at = self.part(part, at)
            self.join(at, end)
        return end

    def reached(self, node: int, path: frozenset[int] = frozenset()) -> Iterator[tuple[int, bool]]:
        """Every node that empty steps lead to, once for each way, and whether over an edge."""
        yield node, False
        for other, edge in self.empty.get(node, ()):
            if other not in path:
                for end, over in self.reached(other, path | {node}):
                    yield end, edge or over


Steps = dict[int, dict[str, list[int]]]
"""From a state, by letter, to states: the same twice if there are two ways."""


def faults(pattern: str | bytes, flags: int = 0, *, searched: bool = False) -> list[str]:
    """What can make it slow; nothing for a pattern of linear time. `searched`: it may begin at any
    place of the text."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    parsed = _parser.parse(text, flags & ~re.UNICODE)
    automaton = _Automaton(parsed.state.flags)
    start = automaton.node()
    end = automaton.part(parsed, start)
    steps, ends = _steps(automaton, start, end)
    cyclic = [state for state in steps if state in _beyond(steps, state)]
    found = ["exponential" for state in cyclic if _two_ways_back(steps, state)]
    pairs = ((p, q) for p, q in product(cyclic, cyclic) if p != q)
    found += ["polynomial" for p, q in pairs if _loops_into(steps, p, q)]
    if searched and next(iter(parsed), None) != (_constants.AT, _constants.AT_BEGINNING):
        anywhere = {**steps, 0: {one: [0, *steps[start].get(one, ())] for one in LETTERS}}
        # Where the match may end, it is found, and no later place is tried.
        begun = (state for state in cyclic if state not in ends)
        found += ["from every place" for state in begun if _loops_into(anywhere, 0, state)]
    return sorted(set(found))


def _steps(automaton: _Automaton, start: int, end: int) -> tuple[Steps, set[int]]:
    """Over characters only; and the states after which the pattern may end, whatever follows."""
    steps: Steps = {}
    ends = set()
    for state in (start, *automaton.takes):
        by_letter = steps.setdefault(state, {})
        for node, over in automaton.reached(state if state == start else state + 1):
            for letter in automaton.takes.get(node, ()):
                by_letter.setdefault(letter, []).append(node)
            if node == end and not over:
                ends.add(state)
    return steps, ends


def _beyond(steps: Steps, *states: int) -> set[int]:
    found: set[int] = set()
    waiting = [*states]
    while waiting:
        after = {one for to in steps[waiting.pop()].values() for one in to} - found
        found |= after
        waiting += after
    return found


def _two_ways_back(steps: Steps, state: int) -> bool:
    """Whether one text leads back to the state in two ways."""
    seen, waiting = set(), [(state, state, False)]
    while waiting:
        one, other, parted = waiting.pop()
        for letter, to in steps[one].items():
            for (i, a), (j, b) in product(enumerate(to), enumerate(steps[other].get(letter, ()))):
                twice = parted or a != b or (one == other and i != j)
                if twice and a == b == state:
                    return True
                if (a, b, twice) not in seen:
                    seen.add((a, b, twice))
                    waiting.append((a, b, twice))
    return False


def _loops_into(steps: Steps, p: int, q: int) -> bool:
    """Whether one text leads from p to p, from p to q and from q to q."""
    if q not in _beyond(steps, p):
        return False
    seen, waiting = {(p, p, q)}, [(p, p, q)]
    while waiting:
        one, two, three = waiting.pop()
        for letter, to in steps[one].items():
            ways = product(to, steps[two].get(letter, ()), steps[three].get(letter, ()))
            for way in set(ways) - seen:
                if way == (p, q, q):
                    return True
                seen.add(way)
                waiting.append(way)
    return False
