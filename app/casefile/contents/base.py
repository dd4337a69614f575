"""What the contents share: a version, a named person, a reason that is a reason."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.casefile.model.base import Id, Many, Model, Short, Text, Version
from app.casefile.model.papers import Attachment


class Content(Model):
    """The sealed words of one statement."""

    v: Version
    """Version of this format."""
    fictional: bool | None = None
    """True for an invented case, for demonstration or test. Never act on one."""
    note: Text | None = None
    """Anything else, in words."""


class ContentWithAttachments(Content):
    """Words with documents beside them."""

    attachments: Many[Attachment] = ()
    """Documents that travel beside it."""


class NamedPerson(Model):
    """A person who can be rung: name, role, team and telephone are what a handover hangs on."""

    name: Short
    """Name."""
    role: Short
    """Role."""
    team: Short
    """Team."""
    phone: Short
    """Telephone."""
    email: Short | None = None
    """E-mail."""


# "Not enough evidence" alone ended enquiries that should have begun (the review's second finding).
_LACK = r"(not enough|insufficient|inadequate|no|not any|little|lack of|too little|not sufficient)"
_NO_EVIDENCE = re.compile(
    rf"(there (is|was)|we have|due to|because of|had)? ?{_LACK} (further |hard |firm |real )?"
    r"(evidence|proof)( (available|found|held|yet|at this time))?"
    r"( to (act|proceed|pursue|progress|continue|support|substantiate|take)( .{0,40})?)?"
)


def _more_than_no_evidence(text: str) -> str:
    words = " ".join(re.findall(r"\w+", text.casefold()))
    if _NO_EVIDENCE.fullmatch(words):
        raise PydanticCustomError("reason-not-enough-evidence", "no reason")
    return text


Reason = Annotated[Text, AfterValidator(_more_than_no_evidence)]
"""Why, in words. "Not enough evidence" alone is refused: it says nothing about the child."""

ItemId = Id
"""The random id of an item of a dispatch."""
