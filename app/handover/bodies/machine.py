"""The bodies of what machines say to each other, and of what was told by telephone."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.handover.bodies.base import Body
from app.handover.codes import Digest, Id, Slug
from app.handover.when import When


class Receipt(Body):
    """Stored, verified in full and on the disk; or why it can't be used."""

    of: Digest
    result: Literal["stored", "held", "unusable"]
    code: Slug | None = None

    @model_validator(mode="after")
    def _code_says_why(self) -> "Receipt":
        if (self.result == "unusable") != (self.code is not None):
            raise ValueError("`code` goes with `unusable`")
        return self


class Refusal(Body):
    """A final no to one statement; it never enters the ledger."""

    of: Digest
    code: Slug


class Sync(Body):
    """Asks for what one side lacks: of one handover (`have` entries), or which there are; or for a
    sealed bundle of one handover, from a byte on."""

    nonce: Id
    have: Annotated[int, Field(ge=0)] | None = None
    after: Id | None = None
    bundle: Digest | None = None
    offset: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _from_a_byte_on(self) -> "Sync":
        if (self.bundle is None) != (self.offset is None):
            raise ValueError("`offset` goes with `bundle`")
        return self


class Attested(Body):
    """On the assisted route: what the other side said, recorded and not signed by them."""

    says: Literal[
        "receipt", "acknowledgement", "arrangements", "acceptance", "decline", "fact", "disposition"
    ]
    body: dict[str, Any]
    told_on: When
    how: Literal["telephone", "secure_mail", "letter", "meeting"]
