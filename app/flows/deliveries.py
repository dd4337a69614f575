"""What we said of one handover and has not done its work: on its way, or refused for good."""

from collections.abc import Collection, Iterator
from typing import Any

from app.handover.statement import reopen
from app.handover.when import stamp
from app.store import jobs, statements
from app.store.unit_of_work import UnitOfWork

_LANES = ("deliver", "recall")


def undelivered(uow: UnitOfWork, handovers: Collection[str]) -> frozenset[str]:
    """Those of some handovers in which a statement of ours is on its way, or was stopped."""
    lanes = {f"{lane}:{handover}": handover for handover in handovers for lane in _LANES}
    return frozenset(lanes[lane] for lane in jobs.lanes_with_work(uow.connection, lanes))


def waiting(uow: UnitOfWork, handover: str) -> Iterator[dict[str, Any]]:
    """What is not delivered yet, in order, and what kept it."""
    for lane in _LANES:
        for job in jobs.in_lane(uow.connection, f"{lane}:{handover}"):
            said = statements.get(uow.connection, str(job.payload["statement"]))
            assert said is not None  # a job is made with its statement
            yield {
                "statement": said.digest,
                "kind": said.kind,
                "attempts": job.attempts,
                "next_try": None if job.stopped else stamp(job.due_at),
                "problem": job.last_code,
                "stopped": job.stopped,
            }


def failed(uow: UnitOfWork, handover: str) -> Iterator[dict[str, Any]]:
    """What the other side refused for good, or holds and cannot open."""
    answers = statements.with_status(uow.connection, handover, "refusal")
    answers += statements.with_status(uow.connection, handover, "receipt")
    for answer in answers:
        body = reopen(answer.wire).body
        code = getattr(body, "code", None)
        said = statements.get(uow.connection, answer.of or "")
        if answer.direction == "in" and code is not None and said is not None:
            yield {"statement": said.digest, "kind": said.kind, "code": code}
