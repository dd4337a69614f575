"""The error tree: what can go wrong, in words, without HTTP.

    CaseHandoverError
    ├── Malformed      bytes, JSON or a document not of the form asked for
    ├── NotVerified    a signature, digest, key, directory or bundle that does not prove itself
    ├── NotAllowed     the caller, or this authority, may not do this
    ├── NotFound       no such thing, or not for this caller to know of
    ├── Conflict       it stands against what has already happened
    ├── TooLarge       over a stated limit
    └── Unavailable    not now: try again

Every error has a stable `code` (a lower-case slug, part of the public interface) and a sentence
that tells a person what to do. No sentence ever carries a word of a case.
"""


class CaseHandoverError(Exception):
    """The root. `code` is stable, `detail` is for people, `retryable` is for programs."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        retryable: bool = False,
        pointer: str | None = None,
        ids: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.pointer = pointer
        """JSON pointer (RFC 6901) to the offending place of a document, where there is one."""
        self.ids = ids
        """The opaque ids that the sentence is about, such as items which nobody has yet."""


class Malformed(CaseHandoverError):
    """Bytes, JSON or a document not of the form asked for."""


class NotVerified(CaseHandoverError):
    """A signature, digest, key, directory or bundle that does not prove itself."""


class NotAllowed(CaseHandoverError):
    """The caller, or this authority, may not do this."""


class NotFound(CaseHandoverError):
    """No such thing, or not for this caller to know of."""


class Conflict(CaseHandoverError):
    """It stands against what has already happened."""


class TooLarge(CaseHandoverError):
    """Over a stated limit."""


class Unavailable(CaseHandoverError):
    """Not now; the same call may succeed later, after `retry_after` seconds where that is known."""

    def __init__(
        self, code: str, detail: str, *, retryable: bool = True, retry_after: int | None = None
    ) -> None:
        super().__init__(code, detail, retryable=retryable)
        self.retry_after = retry_after
