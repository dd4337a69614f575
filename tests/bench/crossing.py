"""How long a large handover takes between two services, against the floor of the same machine.

    python -m tests.bench.crossing [--mib 1024]

The floor is what nobody can avoid: the same bytes hashed, encrypted and written to the disk once.
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.demo import story
from tests.acceptance.services import Service, blocks, found, notified, pair, until

MIB = 2**20
CHUNK = 64 * 1024
PATIENCE = 900.0


def timed(act: Callable[[], object]) -> float:
    began = monotonic()
    act()
    return monotonic() - began


def floor(mib: int, folder: Path) -> float:
    """Seconds to hash (SHA-256), encrypt (ChaCha20-Poly1305, 64 KiB chunks) and write with fsync
    (files of 8 MiB)."""
    digest, cipher = hashlib.sha256(), ChaCha20Poly1305(bytes(32))

    def work() -> None:
        for number, block in enumerate(blocks(mib)):
            digest.update(block)
            chunks = range(0, MIB, CHUNK)
            sealed = [cipher.encrypt(bytes(12), block[at : at + CHUNK], None) for at in chunks]
            with (folder / f"{number // 8}").open("ab") as file:
                file.writelines(sealed)
                if number % 8 == 7 or number == mib - 1:
                    file.flush()
                    os.fsync(file.fileno())

    return timed(work)


def cross(sender: Service, receiver: Service, handover: str) -> None:
    until(lambda: receiver.state(handover) == "dispatched", PATIENCE)
    until(lambda: not sender.get(f"/v1/handovers/{handover}").json()["deliveries"], PATIENCE)


def warm_up(sender: Service, receiver: Service) -> tuple[int, int]:
    """A small handover, so that all code is loaded; the peaks of memory after it."""
    handover = notified(sender)
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    cross(sender, receiver, handover)
    receiver.get(f"/v1/handovers/{handover}/attachments/1")
    return sender.peak(), receiver.peak()


def stages(sender: Service, receiver: Service, mib: int) -> Iterator[tuple[str, float]]:
    handover = notified(sender)
    sender.http.timeout = PATIENCE
    receiver.http.timeout = PATIENCE
    yield (
        "attach: seal to the draft",
        timed(lambda: sender.put(handover, 4, "large.bin", blocks(mib))),
    )
    yield (
        "dispatch: seal the bundle",
        timed(lambda: sender.post(f"/v1/drafts/{handover}/dispatch", {})),
    )
    yield "deliver: upload, verify, sign", timed(lambda: cross(sender, receiver, handover))
    path = f"/v1/handovers/{handover}/attachments"
    yield "open a small document of it", timed(lambda: receiver.get(f"{path}/1"))
    yield "open the large one", timed(lambda: _download(receiver, f"{path}/4"))
    yield (
        "open its last MiB by range",
        timed(lambda: _download(receiver, f"{path}/4", Range=f"bytes=-{MIB}")),
    )


def _download(service: Service, path: str, **headers: str) -> None:
    headers |= {"Access-Purpose": "Test"}
    with service.http.stream("GET", path, headers=headers) as response:
        response.raise_for_status()
        for _ in response.iter_raw():
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="size of the document")
    mib = parser.parse_args().mib
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        least = floor(mib, folder)
        for file in folder.iterdir():
            file.unlink()
        sender = found(stack, folder / "sender", story.SENDER, "--unencrypted-demo")
        receiver = found(stack, folder / "receiver", story.RECEIVER, "--unencrypted-demo")
        pair(sender, receiver)
        pair(receiver, sender)
        sender.start()
        receiver.start()
        before = warm_up(sender, receiver)
        print(f"{mib} MiB".ljust(32) + "seconds    MiB/s  floors")
        print(f"{'floor: hash, encrypt, write':32}{least:7.2f} {mib / least:8.0f} {1:7.2f}")
        for stage, took in stages(sender, receiver, mib):
            print(f"{stage:32}{took:7.2f} {mib / took:8.0f} {took / least:7.2f}")
        after = (sender.peak(), receiver.peak())
        for side, start, end in zip(("sender", "receiver"), before, after, strict=True):
            grown = (end - start) / MIB
            print(f"{side}: {start / MIB:.0f} MiB, at most {end / MIB:.0f} MiB (+{grown:.0f})")


if __name__ == "__main__":
    main()
