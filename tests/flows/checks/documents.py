"""The checks of signed documents, and of statements."""

from app.crypto import jws
from app.flows import receive
from app.handover import statement
from app.trust import envelope
from app.trust.authority import Keyset
from app.trust.directory import Directory
from tests.flows.checks import Check
from tests.flows.switches import Switch

_KID = """\
    if keys.kids not in document.signer_kids:
        raise NotVerified("jws-kid", "This document was signed with other keys: ask whose.")
    first, second = document.signers[document.signer_kids.index(keys.kids)]
"""
_ANY_KID = "    first, second = document.signers[0]\n"
_BASE64 = '__import__("base64").urlsafe_b64decode(text + "==")'
_ED25519 = "keys.ed25519.verify(first.signature, first.signing_input)"
_MLDSA65 = "keys.mldsa65.verify(second.signature, second.signing_input)"
_COUNT = "len(members) not in range(2, 2 * signers + 1, 2)"
_ORDER = "not all(one[0].kid < next_[0].kid for one, next_ in pairwise(pairs))"

JWS = [
    Check("1", Switch(jws, "parse", "len(wire) > most"), {"two:long": "json-too-large"}),
    Check(
        "2",
        Switch(jws, "parse", "parse_canonical", "parse"),
        {"jws:space": "ok", "jws:newline": "ok", "jws:escaped-name": "ok"},
    ),
    Check("3", Switch(jws, "_document", " if not others", ""), {"jws:extra-member": "ok"}),
    Check("3", Switch(jws, "_entry", " if not others", ""), {"jws:unprotected-header": "ok"}),
    Check(
        "4",
        Switch(jws, "parse", _COUNT),
        {"jws:second-signer": "ok", "jws:only-mldsa65": "jws-alg"},
    ),
    Check(
        "5",
        Switch(jws, "_decode", "base64url.decode(text)", _BASE64),
        {"jws:unused-bits": "ok", "jws:padded-signature": "ok"},
    ),
    Check("6", Switch(jws, "_signature", "parse_canonical", "parse"), {"jws:header-space": "ok"}),
    Check("6", Switch(jws, "_signature", " if not others", ""), {"jws:cty": "ok"}),
    Check(
        "7",
        Switch(jws, "_signature", "alg != algorithm"),
        {"jws:alg-none": "ok", "jws:alg-swapped": "ok", "jws:reordered": "jws-kid"},
    ),
    Check(
        "8",
        Switch(jws, "_signature", "stated != typ"),
        {"jws:typ-other": "ok", "jws:typ-differs": "ok"},
    ),
    Check("9", Switch(jws, "parse", _ORDER), {"two:turned": "ok", "two:twice": "ok"}),
    Check(
        "10",
        Switch(jws, "_payload", "parse_canonical", "parse"),
        {"jws:payload-order": "ok", "jws:payload-space": "ok"},
    ),
    Check(
        "11",
        Switch(jws, "verify", _KID, _ANY_KID),
        {"jws:kid-crossed": "ok", "jws:kid-other": "jws-signature-ed25519"},
    ),
    Check("12", Switch(jws, "verify", _ED25519, "pass"), {"jws:flipped-ed25519-0": "ok"}),
    Check("13", Switch(jws, "verify", _MLDSA65, "pass"), {"jws:half-forged": "ok"}),
]

_FROM = '_check_from(document.value.get("from"), authority, directory, now)'
_TO = 'recipients is not None and document.value.get("to") not in recipients'
_NULL = "_spelt(to_value(payload)) != _spelt(json.loads(payload_bytes))"
_EXPIRED = 'standing == "expired" or (standing == "grace" and new)'
_NOT_IN_USE = "now + CLOCK_TOLERANCE < self.sign_from"
_WITH = "payload.kind in WITH_BUNDLE and payload.bundle is None"
_WITHOUT = "payload.kind in WITHOUT_BUNDLE and payload.bundle is not None"

STATEMENTS = [
    Check("1", Switch(jws, "parse", "parse_canonical", "parse"), {"statement:wire-space": "ok"}),
    Check(
        "2",
        Switch(Directory, "keyset_for", "keyset.keys.kids != kids"),
        {"statement:key-mixed": "jws-kid"},
    ),
    Check(
        "2", Switch(Directory, "judge", "keyset.judge(now)", "pass"), {"statement:key-next": "ok"}
    ),
    Check(
        "2",
        Switch(Keyset, "judge", "self.revoked and self.revoked.compromised"),
        {"statement:key-compromised": "ok"},
    ),
    Check(
        "2",
        Switch(Keyset, "judge", "self.revoked and self.revoked.since <= now"),
        {"statement:key-revoked": "ok"},
    ),
    Check("2", Switch(Keyset, "judge", _NOT_IN_USE), {"statement:key-next": "ok"}),
    Check(
        "2",
        Switch(Keyset, "judge", "self.accept_until <= now"),
        {"statement:key-expired": "ok", "statement:key-backdated": "ok"},
    ),
    Check("2", Switch(Directory, "judge", _EXPIRED), {"statement:directory-expired": "ok"}),
    Check(
        "3",
        Switch(envelope, "verify_statement", _FROM, "pass"),
        {
            "statement:from-third": "ok",
            "statement:from-by-third": "ok",
            "statement:from-former-before": "ok",
            "statement:from-number": "statement-invalid",
        },
    ),
    Check(
        "4",
        Switch(envelope, "verify_statement", _TO),
        {"statement:to-third": "ok", "statement:to-us-third": "ok"},
    ),
    Check(
        "5",
        Switch(jws, "verify", _ED25519, "pass"),
        {
            "statement:signed-flipped-ed25519": "ok",
            "statement:signed-readdressed": "jws-signature-mldsa65",
        },
    ),
    Check("6", Switch(jws, "verify", _MLDSA65, "pass"), {"statement:signed-flipped-mldsa65": "ok"}),
    Check(
        "7",
        Switch(receive, "_check_clock", "instant(arrived.payload.at) > now + CLOCK_TOLERANCE"),
        {"statement:clock-ahead": "ok", "statement:held-clock-ahead": "held"},
    ),
    Check("8", Switch(statement, "_statement", _NULL), {"statement:form-null": "ok"}),
    Check("8", Switch(statement, "_check_bundle", _WITH), {"statement:form-bundle": "ok"}),
    Check("8", Switch(statement, "_check_bundle", _WITHOUT), {"statement:form-bundle-more": "ok"}),
    Check(
        "8",
        Switch(
            statement,
            "check_payload",
            "(payload.kind in WITHOUT_CHILDREN) != (payload.children is None)",
        ),
        {"statement:form-children": "ok"},
    ),
    Check(
        "8",
        Switch(
            statement,
            "check_payload",
            "body = parse_body(payload.kind, payload.body)",
            "return None",
        ),
        {"statement:form-body-words": "held", "statement:form-body-member": "held"},
    ),
    Check(
        "8",
        Switch(statement, "parse_body", "_spelt(body_value(body)) != _spelt(value)"),
        {"statement:form-body-null": "ok"},
    ),
    Check(
        "8",
        Switch(statement, "parse_body", "isinstance(body, Attested)"),
        {"statement:form-body-attested": "ok"},
    ),
]
