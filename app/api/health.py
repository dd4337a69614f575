"""Is it alive, and is it fit to work?"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.api.callers import TheSite
from app.flows import health

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/ready")
def ready(site: TheSite) -> JSONResponse:
    """Ready to work, or the reasons why not."""
    reasons: list[dict[str, Any]] = health.reasons(site)
    status = {"status": "unready" if reasons else "ready", "reasons": reasons}
    return JSONResponse(status, 503 if reasons else 200)
