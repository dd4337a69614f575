"""What a monitor reads: by Prometheus' own parser, with labels of few values and nobody's words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from app.api.metrics import MEDIA_TYPE
from app.errors import Unavailable
from app.flows import metrics, send, tick, work
from app.flows.measures import bounded
from app.outside.peers import Refused
from app.store import jobs
from app.store.sqlite import choose_module
from app.store.tables import clocks
from app.worker import Worker
from tests.api.conftest import Door, door, notified
from tests.api.operations import OPERATIONS
from tests.flows import acts
from tests.flows.conftest import ON_BOTH, RECEIVER, SENDER, WORKER, Two, Wire
from tests.flows.test_work import failing

LEASE = timedelta(minutes=1)
Found = dict[str, dict[tuple[tuple[str, str], ...], float]]


def scraped(at: Door) -> Found:
    """Each sample by its name, without our prefix, and its labels."""
    answer = at.desk("monitoring").get("/metrics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_TYPE)
    found: Found = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        assert family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            name = sample.name.removeprefix("case_handover_")
            labels = tuple(sorted(sample.labels.items()))
            assert labels not in found.setdefault(name, {}), "once"
            found[name][labels] = sample.value
    return found


def of(found: Found, name: str, **labels: str) -> float:
    return found[name][tuple(sorted(labels.items()))]


def kept(two: Two, monkeypatch: pytest.MonkeyPatch, code: str, *, retryable: bool = True) -> None:
    """One delivery fails with a code of the other authority's choice."""
    with monkeypatch.context() as patched:
        failing(patched, Refused(code, "No", retryable=retryable))
        for job in work.claim(two.sender, LEASE, 10):
            work.run(two.sender, job, 0.5)


@ON_BOTH
def test_deliveries_and_jobs(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    sending = door(two.sender)
    handover = notified(two, sending.desk())
    acts.say(two.sender, handover, "fact")
    before = scraped(sending)
    assert of(before, "deliveries_total", outcome="done") == 1
    assert of(before, "jobs_total", kind="deliver", outcome="done") == 1
    assert of(before, "jobs", kind="deliver", state="waiting") == 1
    assert of(before, "oldest_undelivered_seconds", state="waiting") == 0
    kept(two, monkeypatch, "rate-limited")
    two.clock.forward(minutes=10)
    found = scraped(sending)
    assert of(found, "deliveries_total", outcome="rate-limited") == 1
    assert of(found, "deliveries_kept", code="rate-limited") == 1
    assert of(found, "oldest_undelivered_seconds", state="waiting") == 600
    (job,) = work.claim(two.sender, LEASE, 10)
    assert of(scraped(sending), "jobs", kind="deliver", state="running") == 1
    with two.sender.database.write() as uow:
        jobs.stop(uow.connection, job, "peer-refused")
    found = scraped(sending)
    assert of(found, "jobs", kind="deliver", state="stopped") == 1
    assert of(found, "jobs", kind="deliver", state="waiting") == 0
    assert of(found, "oldest_undelivered_seconds", state="waiting") == 0
    assert of(found, "oldest_undelivered_seconds", state="stopped") == 600
    assert of(found, "finding", code="deliveries-stopped", kind="warning") == 1


@ON_BOTH
def test_what_is_overdue_by_step_and_by_who_owes_it(two: Two) -> None:
    sending = door(two.sender)
    notified(two, sending.desk())
    notified(two, sending.desk(), "OX/2")
    two.clock.forward(days=60)
    ours, theirs = scraped(sending)["overdue_clocks"], scraped(door(two.receiver))["overdue_clocks"]
    assert sum(ours.values()) > 0
    swapped = {"us": "them", "them": "us"}
    assert theirs == {(("owed_by", swapped[side[1]]), step): n for (side, step), n in ours.items()}
    with two.sender.database.write() as uow:
        uow.connection.execute(
            update(clocks).where(clocks.c.mine).values(step="anwen_" + clocks.c.step)
        )
    renamed = scraped(sending)
    assert of(renamed, "overdue_clocks", owed_by="us", step="other") == sum(
        n for labels, n in ours.items() if ("owed_by", "us") in labels
    )


@ON_BOTH
def test_what_runs_here_and_how_it_stands(two: Two) -> None:
    at = door(two.sender)
    tick.begin(two.sender)
    found = scraped(at)
    ((labels, value),) = found["build_info"].items()
    about = dict(labels)
    assert (value, about["database"]) == (1, two.sender.database._writer.dialect.name)
    if about["database"] == "sqlite":
        module, safe = choose_module()
        assert about["database_version"] == module.sqlite_version
        assert about["journal"] == ("wal" if safe else "truncate")
    assert (of(found, "ready"), found.get("finding")) == (1, None)
    assert of(found, "tick_late_seconds") == 0
    two.clock.forward(minutes=20)
    found = scraped(at)
    assert of(found, "tick_late_seconds") == 1200
    assert of(found, "finding", code="worker-missing", kind="warning") == 1


def test_it_says_that_it_is_not_ready(standing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise Unavailable("storage-failed", "The folder cannot be used")

    monkeypatch.setattr(standing.sending.site.blobs, "check", gone)
    monkeypatch.setattr(standing.sending.site.blobs, "free", gone)
    found = scraped(standing.sending)
    assert of(found, "ready") == 0
    assert of(found, "finding", code="storage-failed", kind="reason") == 1
    assert "blobs_free_bytes" not in found


def test_uploads_that_were_begun(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    receiving = door(two.receiver)
    assert of(scraped(receiving), "uploads_unfinished") == 0

    def cut(*_: object) -> bytes:
        raise Unavailable("peer-unreachable", "Cut")

    monkeypatch.setattr(Wire, "upload", cut)
    two.run()
    found = scraped(receiving)
    assert of(found, "uploads_unfinished") == 1
    assert of(found, "uploads_unfinished_bytes") > 0
    free = of(found, "blobs_free_bytes")
    assert free > of(found, "blobs_reserve_bytes") == two.receiver.settings.disk_reserve


def test_requests_by_endpoint_and_never_by_path(two: Two) -> None:
    at = door(two.sender)
    handover = notified(two, at.desk())
    for _ in range(3):
        at.desk().get(f"/v1/handovers/{handover}")
    at.desk().get(f"/v1/handovers/{'a' * 26}")
    at.desk(None).get("/v1/handovers")
    at.desk(None).get(f"/anwen/{handover}")
    found = scraped(at)
    assert of(found, "http_requests_total", operation="handovers_show", status="2xx") == 3
    assert of(found, "http_requests_total", operation="handovers_show", status="4xx") == 1
    assert of(found, "http_requests_total", operation="handovers_list_handovers", status="4xx") == 1
    assert of(found, "http_requests_total", operation="none", status="4xx") == 1
    assert of(found, "http_request_seconds_count", operation="handovers_show") == 4
    assert of(found, "http_request_seconds_bucket", operation="handovers_show", le="+Inf") == 4
    slots = [
        of(found, "http_request_seconds_bucket", operation="handovers_show", le=le)
        for le in ("0.01", "0.05", "0.25", "1.0", "5.0", "30.0")
    ]
    assert slots == sorted(slots)
    assert of(found, "http_request_seconds_sum", operation="handovers_show") > 0


@pytest.mark.parametrize(
    ("code", "label"),
    [("done", "done"), ("failed", "failed"), ("peer-unreachable", "peer-unreachable"),
     ("http-503", "http-5xx"), ("http-999", "other"), ("anwen-of-nowhere-street", "other"),
     ("", "other")],
)  # fmt: skip
def test_a_code_of_another_authority_is_a_label_only_if_it_is_ours(code: str, label: str) -> None:
    assert bounded(code) == label


def test_labels_are_codes_and_no_id_or_authority(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that there can be to tell."""
    sending = door(two.sender)
    handover = notified(two, sending.desk())
    acts.say(two.sender, handover, "fact")
    kept(two, monkeypatch, "anwen-of-nowhere-street")
    two.clock.forward(days=60)
    text = sending.desk("monitoring").get("/metrics").text
    for word in (
        "anwen",
        handover,
        SENDER,
        RECEIVER,
        "E100",
        "E060",
        "OX/1",
        "user-",
        "front-door",
    ):
        assert word not in text, word
    known = {*OPERATIONS, *metrics._steps(), *work.KINDS, *metrics.STATES, "other", "none", "us",
             "them", "reason", "warning", "2xx", "4xx"}  # fmt: skip
    for name, samples in scraped(sending).items():
        for labels in samples:
            for label, value in labels:
                free = name == "build_info" or label == "le"
                assert free or value in known or bounded(value) == value, (name, label, value)


def test_a_worker_counts_where_it_runs(two: Two) -> None:
    """`handover serve` has both in one process; its figures are those of its own worker."""
    handover = acts.begin(two)
    send.notify(two.sender, WORKER, handover, acts.NOTIFICATION)
    running = Worker(two.sender)
    running.start()
    at = door(replace(two.sender))
    while not scraped(at).get("deliveries_total"):
        pass
    running.stop()
    assert of(scraped(at), "deliveries_total", outcome="done") == 1


def test_a_bug_is_counted(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    acts.say(two.sender, acts.notified(two), "fact")
    monkeypatch.setattr(Wire, "post_statement", lambda *_: 1 / 0)
    (job,) = work.claim(two.sender, LEASE, 10)
    with pytest.raises(ZeroDivisionError):
        work.run(two.sender, job, 0.5)
    assert of(scraped(door(two.sender)), "jobs_total", kind="deliver", outcome="failed") == 1
