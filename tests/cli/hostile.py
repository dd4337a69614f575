"""Words and names that a careless program changes, obeys or shows in another order."""

from itertools import count

WORDS = [
    "<script>alert(1)</script>", "<b>&amp;&lt;", "]]><!--", '=HYPERLINK("http://x.invalid")',
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\u202efdp.exe\u202c", "\u2067שלום\u2069",
    "\u200fليلى\u200e", "\u200b", "\ufeff", "می\u200cروم", "e\u0301", "é", "ﬁ", "Å", "A\u030a",
    "z\u0335\u0321\u0336", "👩\u200d👧", "𝔄", "\U0010ffff", "\ufffd", "\uffff", "\r\n", "\r", "\n",
    "\t", "\x0b\x0c", "\x85", "\u2028", "\u2029", "\x1b[2J", "\x1b]0;t\x07", "\x9b31m", "\x7f",
    "\x08", "\\u0000", "%00", "\\ud800", "&#0;", "{{7*7}}", "${x}", "%s%n", "'; DROP TABLE", "../x",
    "\\\\x\\y", "null", "NaN", "1e999",
]  # fmt: skip

NAMES = [
    "-rf", ".bashrc", "...", "..x", "CON", "nul.txt", "~", "$(id)", "`id`", "=1+1.csv",
    "%2e%2e%2fx", "a:b", "*?", "<script>.html", "\u200fסוד.pdf", "e\u0301.pdf", "é.pdf", " a ",
    "a.", "casefile.json", "0001 -rf", "a;b\"c'd", "a\u200bb", "; filename=\"x\"",
    "x" * 255, "𝔄" * 255, "." + "ა" * 250 + ".pdf", "{{7*7}}", "desktop.ini", "a\u0301\u0301\u0301",
    "\U0010ffff", "--help",
]  # fmt: skip
"""Names of files, each to be kept as it is."""

PLACES = [
    "", ".", "..", "../../x", "/etc/passwd", "a/b", "a/", "\\x", "..\\x", "C:\\x", "\\\\x\\y",
    "=cmd|' /C calc'!A0", "a\0b",
    "a\nb", "a\r", "\x1b[2J.pdf", "a\x85", "a\x7f", "a\u2028b", "\u202efdp.exe", "\u2066a",
    "x" * 256,
]  # fmt: skip
"""No names of files: places, or not what they look like. Each to be refused."""


class Words:
    """All of `WORDS` in each text, in turn another first and another last, to be told apart."""

    def __init__(self) -> None:
        self._number = count()

    def __call__(self, most: int) -> str:
        number = next(self._number)
        turn = number % len(WORDS)
        text = "".join([*WORDS[turn:], str(number), *WORDS[:turn]])
        if most > 1000 and number % 40 == 0:  # astral: two in UTF-16, four in UTF-8
            text += "𝔄" * (most - len(text))
        assert len(text) <= most
        return text
