"""HTTP routes for the owner of a demand: its matches, and what the nearest profiles lack."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.auth import PrincipalDep
from common.database import ReadSessionDep
from common.errors import NotFound, Unauthenticated, Unavailable
from common.pagination import Page, PageDep, link_next, page_of
from common.problems import problems
from matcher.demands import service
from matcher.demands.schemas import NearestOut
from matcher.matching.routes import DeskDep
from matcher.matching.schemas import MatchOut

router = APIRouter(prefix="/v1/demands", tags=["demands"])


@router.get("/{demand_id}/matches", responses=problems(Unauthenticated, NotFound))
async def list_demand_matches(
    demand_id: UUID, caller: PrincipalDep, session: ReadSessionDep, page: PageDep, request: Request, response: Response
) -> Page[MatchOut]:
    """The current matches of the caller's own demand, newest first."""
    matches = await service.matches(session, caller.organisation, demand_id, page)
    shown = page_of(matches, page, lambda row: (row.created_at, row.id), MatchOut.model_validate)
    link_next(request, response, shown.next)
    return shown


@router.get("/{demand_id}/nearest", responses=problems(Unauthenticated, NotFound, Unavailable))
async def show_nearest(demand_id: UUID, caller: PrincipalDep, desk: DeskDep) -> NearestOut:
    """The three profiles nearest to the caller's own demand that are not its matches, and what each lacks."""
    return await service.nearest(desk, caller.organisation, demand_id)
