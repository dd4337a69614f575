"""Makes tests/vectors/bundle/*: `python -m tests.vectors.make_bundle`.

Each file is meant to test one failure or success of `admit`. The announced size and digests are
those of the file as it is, wherever another step is meant to refuse it. `step` is the step of
`admit` that refuses. Sealing is randomised: a run makes new files with the same stated results.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.bundle import ustar
from app.crypto import strictjson
from app.crypto.age import Encryptor
from app.crypto.header import Stanza
from app.crypto.recipients import HybridIdentity, Recipient, ScryptRecipient
from tests.vectors.files import save

HERE = Path(__file__).parent / "bundle"
RECEIVER = HybridIdentity(hashlib.sha256(b"fictional receiving authority").digest())
ARCHIVE = HybridIdentity(hashlib.sha256(b"fictional sending authority's archive").digest())
THIRD = HybridIdentity(hashlib.sha256(b"fictional third party").digest())
CONTENT = b'{"note":"fictional"}'
MINUTES = b"Fictional minutes of a conference.\n"
SCAN = bytes(range(256))
BOTH: list[Recipient] = [RECEIVER.recipient, ARCHIVE.recipient]


@dataclass(frozen=True)
class Block:
    """A member as it stands in the archive."""

    path: str
    data: bytes

    def encode(self) -> bytes:
        size = len(self.data)
        return ustar.header(self.path, size) + self.data + ustar.padding(size)


@dataclass(frozen=True)
class Raw(Block):
    """Bytes instead of a member."""

    def encode(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class Unknown:
    """A recipient whose stanza nobody knows."""

    def wrap(self, file_key: bytes) -> Stanza:
        return Stanza("unknown", (), file_key[:0])


MEMBERS = [
    Block("content.json", CONTENT),
    Block("attachments/0001", MINUTES),
    Block("attachments/0002", SCAN),
]


def manifest(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = {
        "v": 1,
        "kind": "dispatch",
        "handover": "abcdefghijklmnopqrstuvwxya",
        "from": "gss:E99999901",
        "to": "gss:E99999902",
        "nonce": base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
        "members": [
            entry(MEMBERS[0]),
            entry(MEMBERS[1], name="Minutes 1.txt", media_type="text/plain", labels=["open"]),
            entry(
                MEMBERS[2], name="скан.png", media_type="image/png", labels=["professionals_only"]
            ),
        ],
    }
    return {**value, **changes}


def entry(block: Block, **more: Any) -> dict[str, Any]:
    digest = hashlib.sha256(block.data).hexdigest()
    return {"path": block.path, "size": len(block.data), "sha256": digest, **more}


def second(**changes: Any) -> dict[str, Any]:
    """A manifest with changes to its second attachment."""
    value = manifest()
    value["members"][2].update(changes)
    return value


def canonical(value: dict[str, Any]) -> bytes:
    return strictjson.canonical(value)


def archive(
    data: bytes | None = None, members: list[Block] | None = None, end: bytes = ustar.END
) -> bytes:
    first = Block("manifest.json", canonical(manifest()) if data is None else data)
    blocks = [first, *(MEMBERS if members is None else members)]
    return b"".join(block.encode() for block in blocks) + end


def seal(plain: bytes, recipients: list[Recipient] = BOTH[:1]) -> bytes:
    encryptor = Encryptor(recipients)
    return encryptor.prefix + encryptor.update(plain) + encryptor.finish()


def put(
    name: str,
    expect: str,
    step: int,
    file: bytes,
    *,
    announced: bytes | None = None,
    data: bytes | None = None,
    **keys: str,
) -> None:
    """`announced`: the bytes that the statement speaks of; `data`: its manifest.json."""
    stated = file if announced is None else announced
    raw = canonical(manifest()) if data is None else data
    fields = {
        "expect": expect,
        "step": str(step),
        "identity": RECEIVER.to_string(),
        "kind": "dispatch",
        "handover": manifest()["handover"],
        "from": manifest()["from"],
        "to": manifest()["to"],
        "sha256": hashlib.sha256(stated).hexdigest(),
        "size": str(len(stated)),
        "manifest": hashlib.sha256(raw).hexdigest(),
        **keys,
    }
    save(HERE / name, list(fields.items()), file)


def put_manifest(name: str, expect: str, data: bytes, step: int = 6) -> None:
    put(name, expect, step, seal(archive(data)), data=data)


def put_archive(name: str, expect: str, step: int, plain: bytes) -> None:
    put(name, expect, step, seal(plain))


def outside() -> None:
    good, both = seal(archive()), seal(archive(), BOTH)
    put("success_two_recipients", "success", 0, both)
    put("success_one_recipient", "success", 0, good)
    put("success_second_stanza", "success", 0, both, identity=ARCHIVE.to_string())
    content_only = canonical(manifest(members=manifest()["members"][:1]))
    plain = archive(content_only, MEMBERS[:1])
    put("success_content_only", "success", 0, seal(plain), data=content_only)
    put("limit_bundle", "bundle-too-large", 0, good, limit="bundle 4096")
    put("size_more", "bundle-size", 1, good + b"\0", announced=good)
    put("size_less", "bundle-size", 1, good[:-1], announced=good)
    put("digest_sealed_again", "bundle-digest", 1, good, announced=seal(archive()))
    changed = good[:-1] + bytes([good[-1] ^ 1])
    put("digest_damaged_on_the_way", "bundle-digest", 1, changed, announced=good)
    put("header_cut", "age-header-malformed", 2, good[:1000])
    put("recipients_three", "bundle-recipients", 2, seal(archive(), [*BOTH, THIRD.recipient]))
    put("recipients_unknown", "bundle-recipients", 2, seal(archive(), [*BOTH[:1], Unknown()]))
    passphrase = seal(archive(), [ScryptRecipient(b"fictional", 4)])
    put("recipients_passphrase", "bundle-recipients", 2, passphrase)
    third = seal(archive(), [THIRD.recipient, ARCHIVE.recipient])
    put("third_party", "age-no-identity-matches", 3, third)
    put("header_other_recipient", "age-header-mac", 3, other_stanza(both))
    put("chunk_changed", "age-payload-chunk", 4, changed)
    put("chunk_cut", "age-payload-chunk", 4, good[:-600])


def other_stanza(file: bytes) -> bytes:
    """The second stanza from another file."""
    other = seal(archive(), BOTH)
    parts, others = file.split(b"-> "), other.split(b"-> ")
    replaced = others[2].partition(b"---")[0] + b"---" + parts[2].partition(b"---")[2]
    return b"-> ".join([parts[0], parts[1], replaced, *parts[3:]])


def manifests() -> None:
    form = "bundle-manifest-malformed"
    other = canonical(manifest(nonce="B" * 42 + "A"))
    put("manifest_other", "bundle-manifest-digest", 5, seal(archive(other)))
    put("limit_manifest", "bundle-manifest-too-large", 6, seal(archive()), limit="manifest 64")
    put("limit_members", "bundle-too-many-members", 6, seal(archive()), limit="members 2")
    put("limit_content", "bundle-content-too-large", 6, seal(archive()), limit="content 19")
    text = canonical(manifest())
    put_manifest("manifest_space", "json-not-canonical", text.replace(b'"v":1', b'"v": 1'))
    twice = text.replace(b'"v":1', b'"v":1,"v":1')
    put_manifest("manifest_key_twice", "json-duplicate-key", twice)
    put_manifest("manifest_not_json", "json-syntax", text[:-1])
    for name, value in broken_manifests().items():
        put_manifest(f"manifest_{name}", form, canonical(value))
    for key, wrong in {
        "kind": "supplement",
        "handover": "bbcdefghijklmnopqrstuvwxya",
        "from": "gss:E99999903",
        "to": "gss:E99999903",
    }.items():
        data = canonical(manifest(**{key: wrong}))
        put_manifest(f"other_{key}", "bundle-of-another-statement", data, step=7)


def broken_manifests() -> dict[str, dict[str, Any]]:
    """One of each sort; every other is in tests/bundle/test_manifest.py."""
    content, _, last = manifest()["members"]
    return {
        "version": manifest(v=2),
        "unknown_member": manifest(more=1),
        "no_content": manifest(members=[last]),
        "number_skipped": manifest(members=[content, last]),
        "name_path": second(name="../secret.pdf"),
        "label": second(labels=["in words"]),
    }


def put_member(name: str, expect: str, block: Block) -> None:
    """The last member replaced."""
    put_archive(name, expect, 8, archive(members=[*MEMBERS[:2], block]))


def members() -> None:
    header = "bundle-member-header"
    scan = MEMBERS[2].encode()
    for name, change in header_changes().items():
        changed = checksummed(change(scan[: ustar.BLOCK]))
        put_member(f"header_{name}", header, Raw("", changed + scan[ustar.BLOCK :]))
    put_member("header_checksum", header, Raw("", scan[:148] + b" " + scan[149:]))
    put_archive("header_first", header, 8, b"\0" * 512 + archive())
    pax = b"30 path=attachments/9999 more\n"
    extended = checksummed(Block("pax", pax).encode()[:512].replace(b"\x000\0", b"\x00x\0", 1))
    block = Raw("", extended + pax + ustar.padding(len(pax)) + scan)
    put_member("header_pax", header, block)
    put_member("member_other", header, replace(MEMBERS[2], path="attachments/0003"))
    put_member("member_shorter", header, replace(MEMBERS[2], data=SCAN[:-1]))
    put_member("member_longer", header, replace(MEMBERS[2], data=SCAN + b"\0"))
    put_archive("member_missing", header, 8, archive(members=MEMBERS[:2]))
    put_archive("members_swapped", header, 8, archive(members=[*MEMBERS[::2], MEMBERS[1]]))
    put_member("member_changed", "bundle-member-digest", replace(MEMBERS[2], data=SCAN[::-1]))
    content = [replace(MEMBERS[0], data=CONTENT[::-1]), *MEMBERS[1:]]
    put_archive("content_changed", "bundle-member-digest", 8, archive(members=content))
    minutes = Raw("", MEMBERS[1].encode()[:-1] + b"\1")
    padded = archive(members=[MEMBERS[0], minutes, MEMBERS[2]])
    put_archive("padding", "bundle-member-padding", 8, padded)
    put_archive("padding_of_manifest", "bundle-member-padding", 8, manifest_padding())


def header_changes() -> dict[str, Callable[[bytes], bytes]]:
    """One of each sort; every single byte is in tests/bundle/test_ustar.py."""

    def at(offset: int, field: bytes) -> Callable[[bytes], bytes]:
        return lambda block: block[:offset] + field + block[offset + len(field) :]

    return {
        "mode": at(100, b"0000644\0"),
        "link": at(156, b"2attachments/0001"),
        "prefix": at(345, b"elsewhere"),
        "gnu": at(257, b"ustar  \0"),
    }


def checksummed(block: bytes) -> bytes:
    total = sum(block[:148]) + 8 * 32 + sum(block[156:])
    return block[:148] + f"{total:06o}\0 ".encode() + block[156:]


def manifest_padding() -> bytes:
    plain = bytearray(archive())
    plain[512 + len(canonical(manifest()))] = 1
    return bytes(plain)


def ends() -> None:
    put_archive("trailer_changed", "bundle-trailer", 9, archive(end=bytes(1023) + b"\1"))
    put_archive("member_more", "bundle-trailer", 9, archive(members=[*MEMBERS, MEMBERS[2]]))
    put_archive("trailer_short", "bundle-truncated", 9, archive(end=bytes(512)))
    put_archive("trailer_none", "bundle-truncated", 9, archive(end=b""))
    put_archive("member_cut", "bundle-truncated", 9, archive()[:-1600])
    put_archive("after_end", "bundle-trailing", 9, archive(end=bytes(1025)))
    put_archive("after_end_record", "bundle-trailing", 9, archive(end=bytes(10240)))
    put_archive("empty_archive", "bundle-truncated", 9, b"")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    outside()
    manifests()
    members()
    ends()
