"""The closed lists of codes that statements use, each once.

Sources: child protection procedures of English authorities, the Wales Safeguarding Procedures and
Scottish local procedures for the reasons and results; the case file has longer lists of its own.
"""

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{25}[aeimquy4]$")]
"""128 random bits as 26 lower-case base32 characters (RFC 4648), one spelling each."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hexadecimal."""

AuthorityId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9-]{1,32}$")
]
"""`scheme:code`, for example `gss:E10000025`."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=64)]

Side = Literal["sender", "receiver"]
"""The two sides of a handover: who hands the case over, who takes it."""

Transfer = Literal[
    "cp_permanent",
    "cp_temporary",
    "s47_open",
    "pre_proceedings",
    "child_in_need",
    "looked_after",
    "private_fostering",
    "recently_off_plan",
    "information_only",
]

Basis = Literal["transfer", "information"]
"""Whether acceptance moves the plan, or the papers are for information only."""

Planned = Literal["planned", "unplanned", "avoidance_suspected"]
Stay = Literal["permanent", "temporary", "unknown"]
Precision = Literal["day", "week", "month", "unknown"]

ItemType = Literal["concern", "outcome", "action", "minutes", "professional", "gap"]

Disposition = Literal[
    "carried_forward",
    "in_new_plan",
    "referred_on",
    "stays_with_sender",
    "resolved",
    "duplicate_of",
    "not_agreed",
    "queried",
]

FINAL_DISPOSITIONS: frozenset[str] = frozenset(
    {
        "carried_forward",
        "in_new_plan",
        "referred_on",
        "stays_with_sender",
        "resolved",
        "duplicate_of",
        "not_agreed",
    }
)
"""All but `queried`: a question is not an answer to what happens to a concern."""

ANSWERING_GAPS: frozenset[str] = frozenset(
    {"in_new_plan", "referred_on", "resolved", "duplicate_of", "not_agreed"}
)
"""Dispositions by which the receiver asks for nothing more. Who carries a gap forward goes on
asking: taking everything over by name lets nobody off who owes an answer."""

GAP_REPLIES: frozenset[str] = frozenset({"answered", "not_held", "withheld", "not_applicable"})
"""Replies that answer a question about a gap: all but `coming`."""

BLOCKING_ITEMS: frozenset[str] = frozenset({"concern", "outcome"})
"""Only these hold up an acceptance; everything else gets a deadline."""

ChildResult = Literal["plan", "child_in_need", "no_plan", "adjourned", "not_accepted"]

PASSING_RESULTS: frozenset[str] = frozenset({"plan", "child_in_need", "no_plan"})
"""Results by which the receiving authority has decided, and so holds the responsibility."""

BASIS: dict[str, Basis] = {
    "cp_permanent": "transfer",
    "cp_temporary": "information",
    "s47_open": "transfer",
    "pre_proceedings": "transfer",
    "child_in_need": "transfer",
    "looked_after": "information",
    "private_fostering": "transfer",
    "recently_off_plan": "information",
    "information_only": "information",
}
"""Whether a transfer type moves the plan. A temporary move leaves it where it is; a looked-after
child stays with the placing authority."""

Adjourned = Literal["papers_awaited", "not_quorate", "family_absent", "reports_awaited", "other"]

Declined = Literal[
    "not_living_here",
    "another_area",
    "temporary_stay",
    "order_keeps_with_sender",
    "left_before_conference",
    "cannot_identify_child",
    "duplicate",
    "not_known_here",
]
"""Missing papers, capacity, threshold and a review that is due are not reasons; they are queries.
`not_known_here` answers a request for records."""

Recalled = Literal[
    "returned_home",
    "moved_on",
    "plan_ended_at_review",
    "became_looked_after",
    "whereabouts_unknown",
    "moved_abroad",
    "died",
    "wrong_authority",
]

Fact = Literal[
    "moved",
    "learned",
    "requested",
    "notified",
    "papers_received",
    "acknowledged",
    "arranged",
    "referral_accepted",
    "conference_arranged",
    "conference_held",
    "child_seen",
    "child_seen_alone",
    "visited",
    "on_temporary_list",
    "minutes_shared",
    "address_confirmed",
    "interim_protection_agreed",
    "agencies_told",
    "permanence_agreed",
    "result_written",
    "items_settled",
    "item_kept",
    "gaps_declared",
    "gap_answered",
    "gaps_answered",
    "child_born",
    "child_missing",
    "child_found",
    "accepted",
    "declined",
    "recalled",
    "closed",
]
"""What starts or stops a clock. Some follow from statements, the rest are stated as a `fact`."""

FACTS: frozenset[str] = frozenset(get_args(Fact))
"""A stated fact of another code, as a newer version may have it, has no effect."""

DERIVED_FACTS: frozenset[str] = frozenset(
    {
        "learned",
        "requested",
        "notified",
        "papers_received",
        "acknowledged",
        "arranged",
        "result_written",
        "items_settled",
        "gaps_declared",
        "gaps_answered",
        "accepted",
        "declined",
        "recalled",
        "closed",
    }
)
"""Facts that only their own statement can make; none of them may be stated as a `fact`."""

FACT_SIDES: dict[str, Side] = {
    "referral_accepted": "receiver",
    "conference_arranged": "receiver",
    "conference_held": "receiver",
    "child_seen": "receiver",
    "child_seen_alone": "receiver",
    "visited": "receiver",
    "on_temporary_list": "receiver",
    "agencies_told": "sender",
    "item_kept": "sender",
    "gap_answered": "sender",
}
"""Whose act it is: the other side can't state it. All others may be stated by either."""

ITEM_FACTS: frozenset[str] = frozenset({"item_kept", "gap_answered"})
"""Facts about one item, which they name."""

CategoryScheme = Literal["england", "wales", "scotland", "northern_ireland", "other"]

ENGLAND_CATEGORIES: frozenset[str] = frozenset(
    {"neglect", "physical", "sexual", "emotional", "multiple"}
)
"""Categories of a child protection plan by Working Together to Safeguard Children."""

KINDS_V1: frozenset[str] = frozenset(
    {
        "notification",
        "records_request",
        "dispatch",
        "receipt",
        "refusal",
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
        "sync",
        "attested",
    }
)
"""The kinds of version 1, closed: who speaks it knows every one, and may hold none of them."""
