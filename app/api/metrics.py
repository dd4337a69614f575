"""Figures for a monitor (Prometheus), in its text format 0.0.4:
https://prometheus.io/docs/instrumenting/exposition_formats/"""

from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from app.api.callers import TheCaller, TheSite
from app.api.traffic import Traffic
from app.flows import metrics as figures
from app.flows.metrics import Labels, Metric
from app.flows.probe import Probe

router = APIRouter(tags=["metrics"])
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "case_handover_"


@router.get("/metrics", response_class=PlainTextResponse)
def scrape(request: Request, site: TheSite, who: TheCaller) -> Response:
    """Counts, ages and states, by code: nothing of a case, of a person or of an authority."""
    probe: Probe = request.app.state.probe
    traffic: Traffic = request.app.state.traffic
    found = figures.metrics(site, who, probe.look(site))
    return Response(text([*found, *traffic.metrics()]), media_type=MEDIA_TYPE)


def text(metrics: Iterable[Metric]) -> str:
    """As a scraper reads it; our labels and helps need no escape, and what does is refused."""
    return "".join(line + "\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterable[str]:
    name = PREFIX + metric.name
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} {metric.kind}"
    for one in metric.samples:
        yield f"{name}{one.suffix}{_labels(one.labels)} {float(one.value)!r}"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    for value in labels.values():
        assert not set(value) & set('"\\\n'), "a label is a code"
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
