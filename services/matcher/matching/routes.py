"""HTTP routes of matches and fits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep
from common.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from common.etags import set_etag
from common.fields import Language
from common.idempotency import AnsweredOnceDep
from common.languages import LanguageDep
from common.pagination import link_next, page_of
from common.problems import problems
from common.routing import GuardedRouter
from matcher.matching import adhoc, service
from matcher.matching.context import Desk
from matcher.matching.filters import MatchFilters, Sort, Window
from matcher.matching.pages import NewestFirstDep
from matcher.matching.replay import receipt_of, replay
from matcher.matching.schemas import FitAsk, FitsOut, MatchOut, MatchPage, RankingOut, ReplayOut
from matcher.matching.service import Listing
from matcher.matching.wording import hint, spoken

router = GuardedRouter(prefix="/v1", tags=["matching"])


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskDep = Annotated[Desk, Depends(_desk)]


async def _turn(desk: DeskDep, caller: PrincipalDep) -> AsyncIterator[None]:
    async with desk.gate.turn(caller.organisation):
        yield


IN_TURN = Depends(_turn, scope="function")
TurnDep = Annotated[None, IN_TURN]
"""For routes that compute: organisations take turns. Name it before a session, so that nobody waits with one."""


@dataclass(frozen=True)
class Reader:
    """Who asked for a list, and how it is answered."""

    request: Request
    response: Response
    language: Language | None

    def page(self, listing: Listing, window: Window, *, demand_id: UUID | None) -> MatchPage:
        by_fit = window.sort is Sort.BEST
        shown = page_of(
            listing.matches, window, lambda row: (row.fit if by_fit else row.created_at, row.id), MatchOut.read
        )
        link_next(self.request, self.response, shown.cursor)
        told = None if shown.items else hint(listing.matching, demand_id, self.language)
        page = MatchPage(items=shown.items, cursor=shown.cursor, matching=listing.matching, hint=told)
        return spoken(page, self.language)


async def _reader(request: Request, response: Response, language: LanguageDep) -> Reader:
    return Reader(request, response, language)


ReaderDep = Annotated[Reader, Depends(_reader)]


@router.get("/matches", responses=problems(Unauthenticated))
async def list_matches(
    filters: Annotated[MatchFilters, Query()],
    caller: PrincipalDep,
    page: NewestFirstDep,
    session: ReadSessionDep,
    reader: ReaderDep,
) -> MatchPage:
    """Matches with the caller's organisation on either side, newest first unless asked otherwise."""
    listing = await service.listed(session, caller.organisation, filters, page)
    reader.request.app.state.own_matches.remember(reader.request.scope["query_string"], filters, page)
    return reader.page(listing, page, demand_id=filters.demand_id)


@router.get("/matches/{match_id}", responses=problems(Unauthenticated, NotFound))
async def read_match(
    match_id: UUID, caller: PrincipalDep, session: ReadSessionDep, language: LanguageDep, response: Response
) -> MatchOut:
    """One match, with a verdict on every clause and the words on both sides it rests on."""
    match = await service.shown(session, caller, match_id)
    set_etag(response, match.version)
    return spoken(MatchOut.read(match), language)


@router.post("/fits", responses=problems(Unauthenticated, Forbidden, Unavailable))
async def find_fits(
    ask: FitAsk, enterprise: PrincipalDep, desk: DeskDep, _: TurnDep, language: LanguageDep, once: AnsweredOnceDep
) -> FitsOut:
    """Which open demands would fit a text or an offer, best first; nothing is stored."""
    return once.keep(spoken(await adhoc.answer(desk, ask, enterprise, now()), language))


@router.get("/rankings/{ranking_id}", responses=problems(Unauthenticated, NotFound))
async def read_ranking(ranking_id: UUID, caller: PrincipalDep, session: ReadSessionDep) -> RankingOut:
    """The receipt of a ranking: all it was computed from, and the list that came out.

    Whom it was computed for, and auditors, see all of it; one that it considered sees its own lines, with their places,
    and the digest of the whole.
    """
    seen, read = await service.receipt(session, caller, ranking_id)
    return receipt_of(seen, read)


@router.post("/rankings/{ranking_id}/replay", responses=problems(Unauthenticated, NotFound, Unavailable))
async def replay_ranking(
    ranking_id: UUID, caller: PrincipalDep, desk: DeskDep, _: TurnDep, once: AnsweredOnceDep
) -> ReplayOut:
    """Compute a ranking again: identical, or what differs. Differences of others are counted, and shown to whom the
    receipt is shown whole."""
    async with desk.database.begin() as session:
        seen = await service.ranking(session, caller, ranking_id)
    return once.keep(await replay(desk, seen))
