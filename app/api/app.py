"""The app: one composition of routers, problems and headers."""

from fastapi import FastAPI

from app.api import drafts, exchange, handovers, health, problems, shapes
from app.flows.site import Site

DESCRIPTION = "Hand a family's case from one authority to another. Errors are RFC 9457 problems."


def create_app(site: Site) -> FastAPI:
    """The HTTP service of one authority."""
    app = FastAPI(
        title="Case Handover",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"4XX": {"model": shapes.Problem}, "5XX": {"model": shapes.Problem}},
    )
    app.state.site = site
    problems.install(app)
    for router in (drafts.router, handovers.router, exchange.router, health.router):
        app.include_router(router)
    return app
