"""What the API takes and gives, as models for its description. Codes, ids and dates only, except
`words`, `case_file` and `label`."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.base import Shape, When
from app.api.shapes.items import Item, NewOwner

Kind = Literal[
    "notification",
    "records_request",
    "dispatch",
    "acknowledgement",
    "arrangements",
    "acceptance",
    "decline",
    "recall",
    "closure",
    "supplement",
    "correction",
    "query",
    "reply",
    "fact",
    "disposition",
    "disagreement",
    "chase",
    "heard",
    "destruction",
    "attested",
]
"""Kinds of statements that have sealed words."""


class SayIn(Shape):
    """Something to state. Codes go into the signed statement, words into its sealed bundle."""

    codes: dict[str, Any] = Field({}, description="By openapi/schemas/statement-<kind>.json.")
    words: dict[str, Any] | None = Field(
        None, description="By openapi/schemas/content-<kind>.json; `v` may be left out."
    )
    children: list[str] | None = Field(
        None, min_length=1, max_length=100, description="All who can be meant, if absent."
    )
    effective: When | None = Field(None, description="Day or UTC time since when; now, if absent.")


class SupplementIn(SayIn):
    """More of a case, with documents."""

    documents: str | None = Field(
        None,
        pattern=r"^[a-z2-7]{25}[aeimquy4]$",
        description="The draft whose documents go with it: `POST .../drafts`. It is gone then.",
    )


class AnswersIn(SayIn):
    """A statement that says what happens to items."""

    carry_forward_to: NewOwner | None = Field(
        None,
        description="Who carries forward, by name, every open item that `codes` do not name.",
    )


class Stated(Shape):
    """A statement that was signed, saved and queued for delivery."""

    statement: str = Field(description="Its identity: SHA-256 of its payload.")
    handover: str
    kind: str
    at: str
    place: int | None = Field(description="Its place in the ledger, if we keep the order.")


class Row(Shape):
    """A handover in a list."""

    handover: str
    side: Literal["sender", "receiver"]
    peer: str
    own_reference: str | None
    label: str | None = Field(description="Names, for those who may open the case.")
    team: str | None
    transfer: str | None
    state: str
    restricted: bool
    opened_at: str
    overdue: int = Field(description="How many clocks are overdue.")
    contradictions: int = Field(description="How many `alarms` it has.")
    restoring: bool = Field(
        description="A backup was brought back, and nothing is issued in this handover until what "
        "we lack of it was asked of the other authority."
    )
    undelivered: bool = Field(
        description="Something that we said is still on its way, or was stopped: `deliveries` of "
        "`GET /v1/handovers/{handover}` say what, and why."
    )


class Rows(Shape):
    """A page of a list."""

    handovers: list[Row]
    cursor: str | None = Field(description="For the next page; null at the end.")


class Duty(Shape):
    """One child's two duties, never one "responsible"."""

    child: str
    plan_held_by: str
    responds: str | None = Field(description="Who responds to harm on that day; null: unknown.")
    responds_because: str


class Duties(Shape):
    """Who held each plan and who responded: true on a day, as known at a moment."""

    handover: str
    on: str
    known: str
    children: list[Duty]


class Child(Duty):
    """One child's part, as it stands today."""

    state: str
    result: str | None


class Clock(Shape):
    """One step of the timetable for one child."""

    child: str
    step: str
    title: str
    owes: Literal["sender", "receiver"]
    state: str
    started: str | None
    due: str | None
    met_on: str | None
    stopped: str | None
    working_days_over: int
    source: str
    judgement: bool = Field(description="The number is professional judgement, not a source's.")


class Delivery(Shape):
    """A statement on its way."""

    statement: str
    kind: str
    attempts: int
    next_try: str | None
    problem: str | None
    stopped: bool


class Failed(Shape):
    """A statement of ours that did not do its work: somebody must look."""

    statement: str
    kind: str
    code: str


class Alarm(Shape):
    """A signed statement that contradicts another signed one. Both are kept: ring the author."""

    statement: str
    kind: str
    by: str
    since: str
    against: str | None = Field(description="What it contradicts, where that is one statement.")


class Handover(Row):
    """One handover."""

    children: list[Child]
    clocks: list[Clock]
    items: list[Item]
    unconfirmed: list[str] = Field(description="Own statements that have no place yet.")
    deliveries: list[Delivery]
    failed: list[Failed] = Field(description="What the other side refused, or can't open.")
    alarms: list[Alarm]


class Due(Clock):
    """A clock in a supervisor's list, with its handover."""

    handover: str
    side: Literal["sender", "receiver"]
    peer: str
    own_reference: str | None
    label: str | None
    team: str | None
    transfer: str | None
    restricted: bool
    opened_at: str


class DueList(Shape):
    clocks: list[Due]
    cursor: str | None = Field(description="For the next page; null at the end.")


class LedgerEntry(Shape):
    """One place of the ledger, with the signed statements themselves."""

    model_config = ConfigDict(strict=True, extra="forbid", populate_by_name=True)

    place: int
    digest: str
    kind: str
    sender: str = Field(alias="from")
    at: str
    effective: str
    known_at: str
    result: str
    statement: str
    receipt: str | None


class Ledger(Shape):
    """A whole ledger. Saved as a file, `handover verify` checks it offline."""

    handover: str
    entries: list[LedgerEntry]


class Statements(Shape):
    """An answer to a sync."""

    statements: list[str] = Field(description="Signed statements, each as it was sent.")
