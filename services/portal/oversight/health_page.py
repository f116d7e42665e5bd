"""The operator's page: whether each service is well, how far behind, what was given up, which receivers fail."""

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from portal.api import ApiReply, Call, Json
from portal.oversight.gauges import Gauge, gauges
from portal.public.pages import MOST
from portal.visits import OperatorDep, Visit, together

router = APIRouter(include_in_schema=False)
OPEN = ("filed", "accepted", "answered")
"""Objections that are not decided."""


class ServiceHealth(NamedTuple):
    """What a service says of itself.

    status  of its readiness; None when it does not answer
    parts   what it depends on, as it says
    gauges  of its background process; None when that does not answer, or is not asked
    """

    name: str
    status: int | None
    parts: Json
    gauges: Sequence[Gauge] | None


@router.get("/operator")
async def operator(visit: OperatorDep) -> Response:
    found, objections = await together(
        _healths(visit), visit.items("matcher.list_objections", Call(query={"limit": MOST}))
    )
    return visit.page(
        "oversight/health.html",
        services=found,
        objections=[each for each in objections if each["state"] in OPEN],
        bad_count=sum(_is_bad(each) for each in found),
    )


async def _healths(visit: Visit) -> list[ServiceHealth]:
    return list(await together(*(_health(visit, name) for name in visit.settings.apis)))


async def _health(visit: Visit, name: str) -> ServiceHealth:
    work = visit.settings.work[name]
    ready, figures = await together(
        visit.seen(f"{visit.settings.apis[name]}/readyz"), visit.seen(f"{work}/metrics") if work else _nothing()
    )
    parts = ready.json if ready else {}
    return ServiceHealth(name, ready.status if ready else None, parts, _read(figures))


def _read(page: ApiReply | None) -> list[Gauge] | None:
    return list(gauges(page.content.decode())) if page and page.status == 200 else None


def _is_bad(found: ServiceHealth) -> bool:
    return found.status != 200 or any(gauge.is_bad for gauge in found.gauges or ())


async def _nothing() -> ApiReply | None:
    return None
