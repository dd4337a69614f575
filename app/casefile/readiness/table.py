"""Every rule in words, for people: `python -m app.casefile.readiness.table` writes
openapi/readiness.md."""

import sys
from pathlib import Path

from app.casefile.readiness import FINDINGS, RULES, Rule

_HEAD = """\
# What readiness asks

Made from the rules by `python -m app.casefile.readiness.table`. A case file is held against each of
these {count} rules; what it lacks is named, with its place and the question that a reviewer would
ask. Nothing here stops a handover, because delay is the worst gap of all. A gap is answered, or
explained (coming by a day, not held, withheld, not applicable), or pointed to (`in document 2,
page 4`), or it travels as declared.

How serious a gap is:

- **high**: a child may come to harm because the next worker does not know this on the first day;
- **medium**: the next worker has to find it out anew, and may judge wrongly meanwhile;
- **low**: the record is not whole; nobody is likely to be hurt by it.

Rules look at what is live (neither replaced nor withdrawn) and at the living children who are
handed over. Dates that are known to the month or the year are read so that nothing is asked too
early. The numbers of days stand in `app/casefile/readiness/periods.py`. Where a section is not
typed in, and a document may hold it, one question for the section takes the place of its rules
(codes that end in `-in-which-document`).

## The findings

The review is the learning from the serious case review for Child Q. The sentences are ours; the
first seven are its findings, the others what it asks people to learn.

| finding | in our words |
|---|---|
"""
_RULES = """
## The rules

| code | what is missing | the question | finding | source | how serious |
|---|---|---|---|---|---|
"""


def text() -> str:
    """The page."""
    findings = [(f"`{slug}`", sentence) for slug, sentence in FINDINGS.items()]
    lines = [_HEAD.format(count=len(RULES)), *map(_line, findings), _RULES]
    return "".join((*lines, *(_line(_cells(rule)) for rule in RULES)))


def _cells(rule: Rule) -> tuple[str, ...]:
    code, finding = f"`{rule.code}`", f"`{rule.finding}`"
    return code, rule.what, rule.question, finding, rule.source, rule.seriousness


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell for cell in cells)} |\n"


def main(file: Path) -> None:
    """Write the page."""
    file.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "openapi/readiness.md"))
