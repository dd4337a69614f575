"""What others wrote gives a terminal no commands, and programs all of it."""

import json
import sys
import unicodedata

import pytest

from app.cli.common import plain, show_json

COMMANDS = [
    "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x85", "\x7f", "\r\n", "\0", "\b",
    "\u2028", "\u2029", "\u202e", "\u202a", "\u202c", "\u2066", "\u2068", "\u2069",
]  # fmt: skip
TEXTS = ["\u200fליلى\u200e", "می\u200cروم", "👩\u200d👧", "e\u0301 é", "=cmd|' /C calc'!A0", "<b>&"]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_shown_as_question_marks(command: str) -> None:
    shown = plain(f"Ada{command}Ash")
    assert "?" in shown
    assert (shown[:3], shown[-3:]) == ("Ada", "Ash")
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Zl", "Zp"}
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)


@pytest.mark.parametrize("text", TEXTS)
def test_text_of_every_script_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_programs_read_every_character_and_terminals_none_that_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    show_json({every: [every, *COMMANDS, *TEXTS]})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {every: [every, *COMMANDS, *TEXTS]}
    assert plain(shown.replace("\n", "")) == shown.replace("\n", "")
