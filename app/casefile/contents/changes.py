"""More of the case, or the same mended. A correction supersedes and never erases."""

from app.casefile.contents.base import Content
from app.casefile.model.base import Model, PartRef, Some, Text
from app.casefile.model.case_file import Parts
from app.casefile.model.part import Who


class Supplement(Content):
    """New parts of a case file sent before: minutes, events, documents."""

    parts: Parts
    """The new entries; they may refer to entries sent before."""
    by: Who | None = None
    """Who sends them."""


class Superseded(Model):
    """One entry that was wrong."""

    entry: PartRef
    """The entry that was sent before; it stays readable."""
    replaced_by: PartRef | None = None
    """The entry among `parts` that takes its place; absent where it is only withdrawn."""
    why: Text
    """What was wrong, and how it came to light."""


class Correction(Content):
    """Entries that were wrong, and what takes their place."""

    supersedes: Some[Superseded]
    """What was wrong."""
    parts: Parts | None = None
    """The entries that take their place."""
    by: Who | None = None
    """Who corrects them."""
