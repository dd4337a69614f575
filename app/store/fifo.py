"""A lock that serves its waiters in the order in which they came."""

from collections import deque
from threading import Lock


class FifoLock:
    """Mutual exclusion without overtaking: under load nobody waits longer than his turn takes.

    `threading.Lock` and connection pools let a late-comer in first.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._held = False
        self._turns: deque[Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds; whether the lock was obtained."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = Lock()
            turn.acquire()
            self._turns.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn in self._turns:
                self._turns.remove(turn)
                return False
        return True  # the turn came between the timeout and the guard

    def release(self) -> None:
        """Hand over to whoever has waited longest."""
        with self._guard:
            if self._turns:
                self._turns.popleft().release()
            else:
                self._held = False
