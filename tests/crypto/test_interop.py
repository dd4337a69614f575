"""Both ways, live, against the second implementation of age: npm's age-encryption on Node.js.

CASE_HANDOVER_NODE_MODULES names the `node_modules` folder that holds it.
"""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from app.crypto.age import CHUNK, Encryptor, decrypt
from app.crypto.recipients import (
    HybridIdentity,
    HybridRecipient,
    Identity,
    Recipient,
    ScryptIdentity,
    ScryptRecipient,
)
from app.trust.recovery import new_secret, seal

pytestmark = pytest.mark.interop
SCRIPT = Path(__file__).parent.parent / "interop" / "age.mjs"
SIZES = [0, 1, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


def npm(*args: str, data: bytes = b"") -> bytes:
    modules = os.environ.get("CASE_HANDOVER_NODE_MODULES", "")
    node = shutil.which("node")
    if node is None or not Path(modules, "age-encryption").is_dir():
        pytest.fail(
            "Install Node.js 20 or later and npm's age-encryption, and set "
            "CASE_HANDOVER_NODE_MODULES to the node_modules folder that holds it."
        )
    done = subprocess.run([node, SCRIPT, *args], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def sealed(data: bytes, *recipients: Recipient) -> bytes:
    encryptor = Encryptor(recipients)
    return encryptor.prefix + encryptor.update(data) + encryptor.finish()


def opened(data: bytes, identity: Identity) -> bytes:
    return b"".join(decrypt(BytesIO(data).read, [identity]))


@pytest.mark.parametrize("size", SIZES)
def test_npm_opens_ours_for_each_recipient(size: int) -> None:
    first, second, data = HybridIdentity.generate(), HybridIdentity.generate(), os.urandom(size)
    file = sealed(data, first.recipient, second.recipient)
    assert npm("open", first.to_string(), data=file) == data
    assert npm("open", second.to_string(), data=file) == data


@pytest.mark.parametrize("size", SIZES)
def test_we_open_npms(size: int) -> None:
    identity, data = HybridIdentity.generate(), os.urandom(size)
    other = HybridIdentity.generate().recipient.to_string()
    file = npm("seal", other, identity.recipient.to_string(), data=data)
    assert opened(file, identity) == data


def test_keys_are_spelt_and_expanded_alike() -> None:
    identity, recipient = npm("keygen").decode().split()
    ours = HybridIdentity.from_string(identity)
    assert ours.recipient.to_string() == recipient
    assert ours.to_string() == identity
    assert HybridRecipient.from_string(recipient) == ours.recipient


def test_a_passphrase_file_opens_both_ways() -> None:
    data = b"A fictional keyring.\n"
    file = sealed(data, ScryptRecipient("pässphrase".encode(), 10))
    assert npm("open-passphrase", "pässphrase", data=file) == data
    file = npm("seal-passphrase", "10", "pässphrase", data=data)
    assert opened(file, ScryptIdentity("pässphrase".encode(), 10)) == data


def test_npm_opens_a_recovery_file_by_two_secrets() -> None:
    """As `age -d` twice does: first the one, then the other."""
    first, second = new_secret(), new_secret()
    file = seal("a passphrase", first, second, log_n=10)
    inner = npm("open-passphrase", first, data=file)
    assert npm("open-passphrase", second, data=inner) == b"a passphrase\n"
