"""HTTP routes about a demand: its draft read back, its matches, what the nearest lack, who could answer together."""

from uuid import UUID

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import NotFound, Unauthenticated, Unavailable
from common.idempotency import AnsweredOnceDep, OnceDep
from common.languages import LanguageDep
from common.problems import problems
from common.routing import GuardedRouter
from matcher.demands import consortia, reviewing, service
from matcher.demands.schemas import ConsortiaAsk, ConsortiaOut, DraftIn, NearestOut, ReviewOut, TwinsOut
from matcher.matching.pages import BestFirstDep
from matcher.matching.routes import IN_TURN, DeskDep, ReaderDep, TurnDep
from matcher.matching.schemas import MatchPage
from matcher.matching.wording import spoken

router = GuardedRouter(prefix="/v1/demands", tags=["demands"])


@router.get("/{demand_id}/matches", responses=problems(Unauthenticated, NotFound))
async def list_demand_matches(
    demand_id: UUID, caller: PrincipalDep, session: ReadSessionDep, page: BestFirstDep, reader: ReaderDep
) -> MatchPage:
    """The current matches of the caller's own demand, best first unless asked otherwise."""
    listing = await service.matches(session, caller.organisation, demand_id, page)
    return reader.page(listing, page, demand_id=demand_id)


@router.get("/{demand_id}/nearest", responses=problems(Unauthenticated, NotFound, Unavailable))
async def list_nearest_profiles(
    demand_id: UUID, caller: PrincipalDep, desk: DeskDep, _: TurnDep, language: LanguageDep
) -> NearestOut:
    """The three profiles nearest to the caller's own demand that are not its matches, and what each lacks."""
    return spoken(await service.nearest(desk, caller.organisation, demand_id), language)


@router.post("/review", responses=problems(Unauthenticated, Unavailable))
async def review_demand(
    body: DraftIn, caller: PrincipalDep, desk: DeskDep, _: TurnDep, session: SessionDep, once: OnceDep
) -> ReviewOut:
    """Read a draft before it is submitted: its clauses to confirm, how tailored it is, its twins. Stores nothing."""
    return once.keep(await reviewing.review(desk, session, caller, body, now()))


@router.get("/{demand_id}/twins", responses=problems(NotFound))
async def list_demand_twins(demand_id: UUID, session: ReadSessionDep) -> TwinsOut:
    """Demands, open or closed, that repeat this one across departments, districts and years; most alike first.

    They are found by their words, so a twin in another language is not; one of another kind is.
    """
    return await reviewing.twins(session, demand_id, now())


@router.post(
    "/{demand_id}/consortia", responses=problems(Unauthenticated, NotFound, Unavailable), dependencies=[IN_TURN]
)
async def propose_consortia(
    demand_id: UUID,
    caller: PrincipalDep,
    desk: DeskDep,
    language: LanguageDep,
    once: AnsweredOnceDep,
    body: ConsortiaAsk | None = None,
) -> ConsortiaOut:
    """The smallest groups of firms that together satisfy every binding clause of the caller's own demand."""
    found = await consortia.propose(desk, caller.organisation, demand_id, body or ConsortiaAsk())
    return once.keep(spoken(found, language))
