"""Is it alive, and is it fit to work? Answered in time, whatever is not well."""

from typing import Any

import anyio
from anyio import CapacityLimiter
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.api.callers import TheSite
from app.flows.health import Finding, shown
from app.flows.probe import Probe

router = APIRouter(prefix="/health", tags=["health"])
PLACES = CapacityLimiter(4)
"""Threads of its own: those of other endpoints may all wait for the same database."""


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/ready")
async def ready(request: Request, site: TheSite) -> JSONResponse:
    """Ready to work, or the reasons why not; and what a person should look at (`warnings`)."""
    probe: Probe = request.app.state.probe
    found: list[Finding] = await anyio.to_thread.run_sync(probe.look, site, limiter=PLACES)
    reasons = [shown(one) for one in found if one.urgent]
    status: dict[str, Any] = {
        "status": "unready" if reasons else "ready",
        "reasons": reasons,
        "warnings": [shown(one) for one in found if not one.urgent],
    }
    return JSONResponse(status, 503 if reasons else 200)
