"""The checks of bundles."""

from app.bundle import admit, ustar
from app.bundle.manifest import Manifest
from app.crypto import age
from tests.flows.checks import Check
from tests.flows.switches import Switch

BUNDLES = [
    Check(
        "0",
        Switch(admit, "admit", "announced.size > limits.bundle"),
        {"bundle:limit_bundle": "success"},
    ),
    Check(
        "1",
        Switch(admit._Source, "check", "if self._left:", "if False:"),
        {"bundle:size_more": "bundle-digest"},
    ),
    Check(
        "1",
        Switch(admit._Source, "check", "self._digest.hexdigest() != self._announced.sha256"),
        {"bundle:digest_sealed_again": "success"},
    ),
    Check(
        "2",
        Switch(admit, "_verify", "check_recipients(stream.header)", "pass"),
        {"bundle:recipients_three": "success", "bundle:recipients_unknown": "success"},
    ),
    Check(
        "3",
        Switch(age, "open_header", "header.verify(file_key)", "pass"),
        {"bundle:header_other_recipient": "success"},
    ),
    Check(
        "4",
        Switch(age._Chunks, "open_last", "raise _truncated() if cut else _broken()", 'return b""'),
        {"bundle:chunk_changed": "bundle-truncated", "bundle:chunk_cut": "bundle-truncated"},
    ),
    Check(
        "5",
        Switch(admit, "_verify", "check_manifest_digest(data, announced)", "pass"),
        {"bundle:manifest_other": "success"},
    ),
    Check(
        "6",
        Switch(admit, "_verify", "check_manifest_size(size, limits)", "pass"),
        {"bundle:limit_manifest": "json-too-large"},
    ),
    Check(
        "6",
        Switch(Manifest, "check_limits", "len(self.members) > limits.members"),
        {"bundle:limit_members": "success"},
    ),
    Check(
        "6",
        Switch(Manifest, "check_limits", "self.members[0].size > limits.content"),
        {"bundle:limit_content": "success"},
    ),
    Check(
        "7",
        Switch(admit, "_verify", "manifest.check_expected(expected)", "pass"),
        {
            "bundle:other_from": "success",
            "bundle:other_to": "success",
            "bundle:other_handover": "success",
            "bundle:other_kind": "success",
        },
    ),
    Check(
        "8",
        Switch(ustar, "check_header", "block != header(path, size)"),
        {
            "bundle:header_link": "success",
            "bundle:header_gnu": "success",
            "bundle:header_pax": "bundle-member-digest",
        },
    ),
    Check(
        "8",
        Switch(admit, "_verify_member", "check_member_digest(digest.hexdigest(), member)", "pass"),
        {"bundle:member_changed": "success"},
    ),
    Check(
        "8",
        Switch(
            admit,
            "_verify_member",
            "archive.padding(member.size)",
            "archive.take(-member.size % 512)",
        ),
        {"bundle:padding": "success"},
    ),
    Check(
        "8",
        Switch(admit, "_verify", "archive.padding(size)", "archive.take(-size % 512)"),
        {"bundle:padding_of_manifest": "success"},
    ),
    Check(
        "9",
        Switch(ustar.Reader, "end", "self.take(len(END)) != END"),
        {"bundle:member_more": "bundle-trailing"},
    ),
    Check(
        "9",
        Switch(ustar.Reader, "end", "self._held or any(self._pieces)"),
        {"bundle:after_end": "success"},
    ),
]
