"""What has been answered already: a declared gap or `it is in document 2, page 4` covers what is
missing there, so it does not come back."""

from collections.abc import Iterable
from datetime import date

from app.casefile.model import About, CaseFile, Gap, days
from app.casefile.readiness.rule import Missing

_Key = tuple[str, str | None, str | None, str | None]


class Explained:
    """The gaps and document references of a case file, on one day."""

    def __init__(self, file: CaseFile, on: date) -> None:
        gaps = (gap.about for gap in file.gaps if not _is_past(gap, on))
        self._abouts = {_key(about) for about in (*gaps, *_references(file))}

    def covers(self, one: Missing) -> bool:
        """Whether a gap or reference names the same section, and the same entry, field and child
        as far as it names any."""
        return any(
            (one.section, entry, field, child) in self._abouts
            for entry in {one.entry, None}
            for field in {one.field, None}
            for child in {one.child, None}
        )


def _references(file: CaseFile) -> Iterable[About]:
    return (reference.about for reference in file.document_references)


def _is_past(gap: Gap, on: date) -> bool:
    """What should have come by now is missing again."""
    return gap.coming_by is not None and days(gap.coming_by)[1] < on


def _key(about: About) -> _Key:
    return about.section, about.entry, about.field, about.child
