"""The tables. Only codes, ids, dates, own references and digests are in clear.

Whatever could name a family or a colleague is ciphertext, in a column named `*_sealed` or in the
blob store. Columns are bounded so that nobody can hide a sentence in one.
"""

from app.store.tables.drafting import draft_attachments, drafts
from app.store.tables.index import clocks, handover_children, handovers, items
from app.store.tables.ledger import bundles, own_records, statements, uploads
from app.store.tables.operation import (
    access_log,
    counters,
    directories,
    idempotency,
    jobs,
    meta,
    nonces,
    tokens,
)
from app.store.tables.people import grants, restrictions
from app.store.tables.types import Moment, metadata

__all__ = [
    "Moment",
    "access_log",
    "bundles",
    "clocks",
    "counters",
    "directories",
    "draft_attachments",
    "drafts",
    "grants",
    "handover_children",
    "handovers",
    "idempotency",
    "items",
    "jobs",
    "meta",
    "metadata",
    "nonces",
    "own_records",
    "restrictions",
    "statements",
    "tokens",
    "uploads",
]
