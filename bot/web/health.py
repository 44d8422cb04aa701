"""Whether it lives, and whether a message would be answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse

type HealthChecks = Mapping[str, Callable[[], Awaitable[bool]]]


def health_router(checks: HealthChecks) -> APIRouter:
    """`/health/live`: this process answers. `/health/ready`: every check says yes."""
    router = APIRouter(prefix="/health")

    @router.get("/live")
    async def live() -> JSONResponse:
        return JSONResponse({"live": True})

    @router.get("/ready")
    async def ready() -> JSONResponse:
        found = {name: await _quietly(check) for name, check in checks.items()}
        return JSONResponse({"ready": all(found.values()), **found}, status_code=200 if all(found.values()) else 503)

    return router


async def _quietly(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await check()
    except Exception:  # whatever is wrong with it, it is not ready
        return False
