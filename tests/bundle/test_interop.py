"""In a disaster: other people's tools alone open a bundle, and its statement proves it."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.bundle.samples import ARCHIVE, RECEIVER, sealed
from tests.crypto.test_interop import npm

pytestmark = pytest.mark.interop


def test_npms_age_and_tar_open_a_bundle(tmp_path: Path) -> None:
    minutes = b"Fictional minutes." * 9000
    file, announced = sealed(minutes)
    for identity in (RECEIVER, ARCHIVE):
        folder = tmp_path / identity.recipient.to_string()[-8:]
        folder.mkdir()
        plain = npm("open", identity.to_string(), data=file)
        subprocess.run(["tar", "x", "-C", folder], input=plain, check=True)
        manifest = (folder / "manifest.json").read_bytes()
        assert hashlib.sha256(manifest).hexdigest() == announced.manifest
        assert (folder / "attachments" / "0001").read_bytes() == minutes
