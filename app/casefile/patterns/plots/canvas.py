"""An SVG document, drawn from above downwards."""

import html
import unicodedata

from app.casefile.patterns.words import Told, in_words

WIDTH = 760
MARGIN = 20
INK, PALE, LINE = "#1d3f5e", "#ffffff", "#8c8c8c"
TEXT, QUIET = "#1a1a1a", "#4d4d4d"
LONGEST = 4_000
"""Characters of the figures in words. The data has all of them."""
_NOT_XML = {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}
_REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def clean(words: str) -> str:
    """Text that XML can hold, on one line and in the order that it has, with markup escaped."""
    held = "".join(" " if one.isspace() else one if _fit(one) else "\ufffd" for one in words)
    return html.escape(held)


def _fit(one: str) -> bool:
    if unicodedata.category(one) in _NOT_XML:
        return False
    return unicodedata.bidirectional(one) not in _REORDERING


def width(words: str, size: int = 12) -> float:
    """How wide words are at most, about: fonts differ, and this is as wide as any common one."""
    return size * sum(_wide(one) for one in words)


def _wide(one: str) -> float:
    """In ems, by the widest of the usual sans-serif fonts (DejaVu Sans)."""
    if unicodedata.category(one) in ("Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(one) in "WF" or one in "WMmw@%—…":
        return 1.02
    if one in "ijl.,:;'|! ()[]-":
        return 0.42
    return 0.78 if one.isupper() else 0.66


def cut(words: str, room: float, size: int = 12) -> str:
    """As much of it as there is room for."""
    left = room
    for place, one in enumerate(words):
        left -= size * _wide(one)
        if left < 0:
            return _cut_to(words[:place], room - size * _wide("…"), size) + "…"
    return words


def _cut_to(words: str, room: float, size: int) -> str:
    """Without its end, so that it takes no more than the room."""
    while words and width(words, size) > room:
        words = words[:-1]
    return words.rstrip()


def short(on: str) -> str:
    """A date in a narrow place: `30 Jul 2026`."""
    return " ".join(word[:3] if word.isalpha() else word for word in in_words(on).split())


class Canvas:
    """What is drawn; `bottom` is how far down it reaches."""

    def __init__(self, told: Told, on: str) -> None:
        self._told = told
        self._drawn: list[str] = []
        self.bottom = 62
        self.write(MARGIN, 30, told.title, size=17, bold=True)
        self.write(
            MARGIN,
            50,
            f"As of {in_words(on)}. Counted from the record; what it means is for people to judge.",
            quiet=True,
        )

    def write(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = 12,
        anchor: str = "start",
        bold: bool = False,
        quiet: bool = False,
    ) -> None:
        """Words whose baseline is at `y`."""
        weight = ' font-weight="bold"' if bold else ""
        self._drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight} '
            f'fill="{QUIET if quiet else TEXT}">{clean(words)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, style: int = 0) -> None:
        """A box in the texture of a series: 0 filled, 1 hatched, 2 empty."""
        fill = (INK, f"url(#{self._told.name}-hatch)", PALE)[style]
        self._drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}" stroke="{INK}"/>'
        )

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A thin line."""
        self._drawn.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" '
            f'stroke="{LINE}" stroke-width="0.7"/>'
        )

    def dot(self, x: float, y: float, *, hollow: bool = False) -> None:
        """A moment; a hollow square where it is of the other kind."""
        if hollow:
            self._drawn.append(
                f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" '
                f'fill="{PALE}" stroke="{INK}" stroke-width="2"/>'
            )
        else:
            self._drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{INK}"/>')

    def legend(self, names: tuple[str, ...]) -> None:
        """What the textures mean."""
        x, y = float(MARGIN), self.bottom + 14
        for style, name in enumerate(names):
            self.box(x, y - 10, 12, 12, style)
            self.write(x + 18, y, name)
            x += 36 + width(name)
        self.bottom += 28

    def note(self, words: str) -> None:
        """A line below all that is drawn."""
        self.bottom += 18
        self.write(MARGIN, self.bottom, words, quiet=True)

    def not_drawn(self, number: int, what: str) -> None:
        """Say what the picture has no room or no place for, if anything."""
        if number:
            self.note(f"Not drawn: {number} {what}.")

    def empty(self) -> None:
        """Say that there is nothing."""
        self.bottom += 30
        self.write(MARGIN, self.bottom, "Nothing of this on record.", size=14)

    def document(self) -> bytes:
        """All of it."""
        name, height = self._told.name, self.bottom + MARGIN
        words = " ".join(self._told.lines) or "Nothing of this on record."
        shown = words if len(words) <= LONGEST else words[:LONGEST] + " … The data has all of it."
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" '
            f'height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" '
            f'aria-labelledby="{name}-title {name}-desc">'
        )
        hatch = (
            f'<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect width="6" height="6" fill="{PALE}"/>'
            f'<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="{INK}" stroke-width="1.4"/>'
            "</pattern></defs>"
        )
        parts = (
            head,
            f'<title id="{name}-title">{clean(self._told.title)}</title>',
            f'<desc id="{name}-desc">{clean(shown)}</desc>',
            hatch,
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="{PALE}"/>',
            *self._drawn,
            "</svg>",
        )
        return "\n".join(parts).encode()
