"""A target that fails, so that we know that we would hear of it."""

from collections.abc import Iterator


def seeds() -> Iterator[bytes]:
    yield b"good"


def one(data: bytes) -> None:
    assert data == b"good"
