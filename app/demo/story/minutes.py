"""Minutes of a meeting as a real PDF, so that the demonstration shows documents people know."""

import json
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import typst

_STAMP = datetime(2000, 1, 1, tzinfo=UTC)
"""One date of making for all, so that the same minutes are the same bytes."""


def minutes_pdf(meeting: dict[str, Any]) -> bytes:
    """Typeset minutes: `title`, `subtitle`, `facts` [[name, value]], `people` [[who, part]],
    `sections` [{heading, paragraphs}], `decisions` [[what, who, by]], `closing`.

    The words go in as JSON, never as markup, so nothing in them can be read as a command.
    """
    template = resources.files(__package__).joinpath("minutes.typ").read_bytes()
    return typst.compile(
        template,
        sys_inputs={"meeting": json.dumps(meeting)},
        timestamp=_STAMP,
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
