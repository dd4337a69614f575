"""The checks of what happens between two authorities."""

from app.flows import answers, deliver, judging, receive, sync, uploading
from app.handover import replica
from app.store import nonces
from tests.flows.checks import Check
from tests.flows.switches import Switch

_OVER = "arrived.payload.bundle.size > site.settings.bundle_bytes"
_SECRET = "not hmac.compare_digest(row.secret_hash, digest(secret.encode()))"
_ANSWER_TO = "original = ledgers.answer_to(uow, site, arrived.digest, now)"
_ARRIVAL = "copies.check_arrival(replica, arrived)"
_AGAIN = "_refused(uow, site, replica, arrived, original, now)"
_DRAFT = "replica.view() is None and drafts.get(uow.connection, arrived.handover) is not None"
_RATE = "site.rates.charge(envelope.authority.identifier, site.settings.peer_rate, now)"
_FRESH = "abs(instant(said.payload.at) - now) > TOLERANCE"
_OURS = "not between_us"
_THEIRS = " or not directory.speaks_for(self.authority, row.peer, now)"

STORIES = [
    Check(
        "9",
        Switch(receive, "statement", _ANSWER_TO, "original = None"),
        {"story:said_again": "ledger-repeat", "story:refused_again": "stored"},
    ),
    Check(
        "10",
        Switch(receive, "statement", "arrived.kind in ANSWERS"),
        {"story:an_answer_posted": "refused: not-an-entry"},
    ),
    Check(
        "10",
        Switch(receive, "_refused", _ARRIVAL, "pass"),
        {"story:out_of_turn": "bundle wanted"},
    ),
    Check(
        "10",
        Switch(replica, "check_arrival", "check_parties(view, statement)", "pass"),
        {"story:forked_by_a_third": "1 kept as evidence"},
    ),
    Check(
        "10",
        Switch(receive, "_refused", _DRAFT),
        {"story:a_draft_of_ours": "bundle wanted"},
    ),
    Check(
        "10",
        Switch(answers, "refuse", "_kept(uow, arrived.handover) >= MOST_KEPT"),
        {"story:refused_too_often": "refused: not-in-this-state"},
    ),
    Check(
        "rate",
        Switch(receive, "statement", _RATE, "pass"),
        {"story:asked_too_often": "bundle wanted"},
    ),
    Check(
        "quota",
        Switch(uploading, "want", "_check_quota(uow, site, arrived, now)", "pass"),
        {"story:begun_too_often": "bundle wanted"},
    ),
    Check(
        "room",
        Switch(uploading, "want", "room.check(site, uow, arrived.payload.bundle.size)", "pass"),
        {"story:no_room": "bundle wanted"},
    ),
    Check(
        "room",
        Switch(uploading, "append", "room.keep(site, len(data))", "pass"),
        {"story:no_room_any_more": "taken"},
    ),
    Check(
        "10", Switch(receive, "complete", _AGAIN, "None"), {"story:overtaken": "not-in-this-state"}
    ),
    Check("11", Switch(uploading, "want", _OVER), {"story:too_large": "bundle wanted"}),
    Check("11", Switch(uploading, "find", _SECRET), {"story:without_secret": "taken"}),
    Check(
        "11",
        Switch(uploading, "append", "offset + len(data) > row.size"),
        {"story:too_long": "taken"},
    ),
    Check(
        "11",
        Switch(receive, "_admit", "error.code in parcels.NOT_THE_ANNOUNCED"),
        {"story:damaged_on_the_way": "unusable"},
    ),
    Check(
        "11",
        Switch(receive, "complete", "site.blobs.length(row.id) != row.size"),
        {"story:completed_too_early": "bundle-size"},
    ),
    Check(
        "11",
        Switch(receive, "complete", "_admit(site, row, arrived)", "(STORED, Known())"),
        {"story:unusable": "stored"},
    ),
    Check(
        "12",
        Switch(receive, "complete", "uploads.get(uow.connection, row.id) is None"),
        {"story:given_up_meanwhile": "blob-missing"},
    ),
    Check(
        "answer",
        Switch(deliver, "save_answer", "_check_answer(statement, answer, now)", "pass"),
        {"story:forged_receipt": "receipt-unknown"},
    ),
    Check(
        "sync",
        Switch(nonces, "use", "not rows.insert_if_absent(connection, nonces, row)"),
        {"story:asked_twice": "2"},
    ),
    Check("sync", Switch(sync, "asked", _FRESH), {"story:asked_late": "2"}),
    Check(
        "sync",
        Switch(sync.Question, "use", _THEIRS, ""),
        {"story:asked_by_a_third": "2"},
    ),
    Check("sync", Switch(judging, "_check_parties", _OURS), {"story:told_of_others": "1"}),
]

WITH_THE_CHECK = {
    "story:said_again": "the same bytes",
    "story:refused_again": "refused: not-in-this-state",
    "story:an_answer_posted": "not-an-entry",
    "story:out_of_turn": "refused: not-in-this-state",
    "story:by_a_third": "not-a-party",
    "story:a_draft_of_ours": "handover-taken",
    "story:refused_too_often": "not-in-this-state",
    "story:asked_too_often": "rate-limited",
    "story:begun_too_often": "upload-quota",
    "story:no_room": "storage-low",
    "story:no_room_any_more": "storage-low",
    "story:forked_by_a_third": "0 kept as evidence",
    "story:overtaken": "refused: not-in-this-state",
    "story:too_large": "bundle-too-large",
    "story:without_secret": "upload-unknown",
    "story:too_long": "upload-too-large",
    "story:damaged_on_the_way": "bundle-digest",
    "story:unusable": "unusable",
    "story:completed_too_early": "upload-incomplete",
    "story:completed_twice": "to be read",
    "story:given_up_meanwhile": "upload-unknown",
    "story:forged_receipt": "answer-not-for-this",
    "story:asked_twice": "nonce-used",
    "story:asked_late": "sync-stale",
    "story:asked_by_a_third": "no-such-handover",
    "story:told_of_others": "sync-other-parties",
    "two:long": "jws-too-large",
    "two:turned": "jws-signer-order",
    "two:twice": "jws-signer-order",
}
"""How the cases end that are not vectors, whose files say it themselves."""
