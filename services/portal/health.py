"""Says that the process lives, whether it takes requests, and how they went."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from common import metrics

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Tells of each API too; none of them decides, as pages show what still works."""
    state = request.app.state
    if state.is_stopping:
        return JSONResponse({"status": "stopping"}, status_code=503, headers={"Retry-After": "2"})
    services = list(state.settings.apis)
    ready = await asyncio.gather(*(state.apis.is_ready(service) for service in services))
    return JSONResponse(
        {service: "ok" if is_ready else "down" for service, is_ready in zip(services, ready, strict=True)}
    )


@router.get("/metrics")
async def metrics_page(request: Request) -> Response:
    metrics.refuse_other_reader(request, request.app.state.settings.metrics_token)
    return metrics.page()
