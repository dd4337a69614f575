"""A sealed bundle is verified offline, against the statement that announced it."""

from functools import partial
from io import BytesIO

import pytest

from app.errors import Malformed
from app.flows.verify import verify_bundle
from app.handover.statement import reopen
from app.store import bundles
from tests.bundle.samples import THIRD as STRANGER
from tests.flows import acts
from tests.flows.conftest import SENDER, Two
from tests.flows.test_verify import directory, saved
from tests.handover import make
from tests.trust.making import refused


def dispatched(two: Two) -> tuple[bytes, bytes]:
    """A statement, and the bundle that it announces."""
    handover = acts.dispatched(two)
    wire = saved(two.receiver, handover)["entries"][1]["statement"].encode()
    announced = reopen(wire).payload.bundle
    assert announced is not None
    with two.receiver.database.read() as uow:
        row = bundles.get(uow.connection, announced.sha256)
    assert row is not None
    with two.receiver.blobs.reader(row.blob) as sealed:
        return wire, sealed.read(announced.size)


def test_a_bundle_is_the_announced_file_and_with_a_key_its_members_too(two: Two) -> None:
    wire, file = dispatched(two)
    for site in (two.sender, two.receiver):
        closed = verify_bundle(BytesIO(file).read, wire, directory(site))
        assert (closed.kind, closed.signed_by, closed.size) == ("dispatch", SENDER, len(file))
        assert closed.members is None
    keys = (two.receiver.keyring.identities(), two.sender.keyring.archive_identities())
    for identities in keys:
        opened = verify_bundle(BytesIO(file).read, wire, [directory(two.sender)], identities)
        assert opened.members is not None
        assert [member.path for member in opened.members] == ["content.json"]
    refused(
        partial(verify_bundle, BytesIO(file).read, wire, directory(two.sender), [STRANGER]),
        "age-no-identity-matches",
    )


@pytest.mark.parametrize("identified", [False, True])
def test_another_file_is_not_the_bundle(two: Two, identified: bool) -> None:
    wire, file = dispatched(two)
    identities = two.receiver.keyring.identities() if identified else ()
    flipped = file[:-1] + bytes([file[-1] ^ 1])
    cases = {b"": "size", file[:-1]: "size", file + b"\0": "size", flipped: "digest"}
    for other, code in cases.items():
        endless = BytesIO(other)
        refused(
            partial(verify_bundle, endless.read, wire, directory(two.sender), identities),
            f"bundle-{code}",
        )
    endless = BytesIO(file + bytes(10**6))
    refused(
        partial(verify_bundle, endless.read, wire, directory(two.sender), identities), "bundle-size"
    )
    assert endless.tell() == len(file) + 1, "no more is read than can matter"


def test_a_bundle_of_another_statement_is_told_by_its_members(two: Two) -> None:
    bundle = acts.sealed(two.receiver, "dispatch", make.ident("another handover"))
    wire = acts.wire(two.sender, "dispatch", make.HANDOVER, bundle)
    check = partial(verify_bundle, BytesIO(bundle.file).read, wire, directory(two.sender))
    refused(partial(check, two.receiver.keyring.identities()), "bundle-of-another-statement")


def test_a_statement_without_a_bundle_proves_none(two: Two) -> None:
    handover = acts.notified(two)
    wire = saved(two.sender, handover)["entries"][0]["receipt"].encode()
    error = refused(
        partial(verify_bundle, BytesIO(b"").read, wire, directory(two.sender)), "statement-bundle"
    )
    assert isinstance(error, Malformed)
