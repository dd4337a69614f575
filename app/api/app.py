"""The app: one composition of routers, problems and headers."""

from fastapi import Depends
from fastapi.telemetry import TelemetryConfig

from app.api import (
    audit,
    case,
    drafts,
    exchange,
    grants,
    handovers,
    health,
    items,
    metrics,
    patterns,
    problems,
)
from app.api.events import Events
from app.api.headers import unambiguous
from app.api.openapi import PROBLEM, Described, operation_id
from app.api.outermost import Outermost
from app.api.traffic import Counted, Traffic
from app.flows.probe import Probe
from app.flows.site import Site

DESCRIPTION = "Hand a family's case from one authority to another. Errors are RFC 9457 problems."

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's own would record exceptions with their text, and inputs, as soon as a variable of the
environment says so. Ours is app.telemetry: codes and numbers only."""


def create_app(site: Site) -> Described:
    """The HTTP service of one authority."""
    app = doors()
    app.state.site = site
    return app


def doors() -> Described:
    """Every endpoint, with nobody behind it yet."""
    app = Described(
        title="Case Handover",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        telemetry=SILENT,
        dependencies=[Depends(unambiguous)],
        responses={"4XX": PROBLEM, "5XX": PROBLEM},
    )
    app.state.events = Events()
    app.state.probe = Probe()
    app.state.traffic = Traffic()
    problems.install(app)
    app.add_middleware(Outermost)
    app.add_middleware(Counted)
    for router in (
        drafts.router,
        handovers.router,
        items.router,
        case.router,
        patterns.router,
        grants.router,
        audit.router,
        exchange.router,
        health.router,
        metrics.router,
    ):
        app.include_router(router)
    return app
