"""HTTP routes of capability profiles."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from common.auth import PrincipalDep, VisitorDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, PreconditionRequired, Stale, Unauthenticated
from common.etags import IfMatchDep, IfNoneMatch, is_known, set_etag
from common.idempotency import OnceDep
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter
from matcher.profiles import reviewing, service
from matcher.profiles.schemas import BatchIn, BatchOut, ProfileIn, ProfileOut, ProfileSavedOut, ProfileTwinsOut
from matcher.subjects.profiles.filters import ProfileFilters

router = GuardedRouter(prefix="/v1/profiles", tags=["profiles"])


def _link_twins(response: Response, profile_id: UUID) -> None:
    response.headers["Link"] = f'</v1/profiles/{profile_id}/twins>; rel="related"'


@router.post("", status_code=201, responses=problems(Unauthenticated, Forbidden))
async def create_profile(
    body: ProfileIn, enterprise: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> ProfileSavedOut:
    """Offer something; it is ranked against the open demands at once. The reply names profiles that it repeats."""
    [profile] = await reviewing.saved(session, await service.create(session, enterprise, [body], now()))
    set_etag(response, profile.version)
    response.headers["Location"] = f"/v1/profiles/{profile.id}"
    _link_twins(response, profile.id)
    return once.keep(profile)


@router.post("/batch", status_code=201, responses=problems(Unauthenticated, Forbidden))
async def create_profiles(body: BatchIn, enterprise: PrincipalDep, session: SessionDep, once: OnceDep) -> BatchOut:
    """Many profiles of one organisation in one request: all are stored, or none. Those that repeat others say so."""
    profiles = await service.create(session, enterprise, body.profiles, now())
    return once.keep(BatchOut(profiles=await reviewing.saved(session, profiles)))


@router.post("/review", responses=problems(Unauthenticated, Forbidden))
async def review_profile(
    body: ProfileIn, enterprise: PrincipalDep, session: SessionDep, once: OnceDep
) -> ProfileTwinsOut:
    """Which profiles an offer would repeat, those of the caller's own organisation included. Stores nothing."""
    return once.keep(await reviewing.review(session, enterprise, body))


@router.get("")
async def list_profiles(
    filters: Annotated[ProfileFilters, Query()], visitor: VisitorDep, listing: ListingDep
) -> Page[ProfileOut]:
    """Active profiles that the caller may read, newest first."""
    profiles = await service.listed(listing.session, visitor, filters, listing.page)
    return listed(listing, profiles, ProfileOut.model_validate)


@router.get(
    "/{profile_id}",
    response_model=ProfileOut,
    responses={**problems(NotFound), 304: {"description": "The reader has it already."}},
)
async def read_profile(
    profile_id: UUID,
    visitor: VisitorDep,
    session: ReadSessionDep,
    response: Response,
    if_none_match: IfNoneMatch = None,
) -> ProfileOut | Response:
    profile = await service.shown(session, visitor, profile_id)
    set_etag(response, profile.version)
    if is_known(if_none_match, response.headers["ETag"]):
        return Response(status_code=304, headers=dict(response.headers))
    return ProfileOut.model_validate(profile)


@router.get("/{profile_id}/twins", responses=problems(NotFound))
async def list_profile_twins(profile_id: UUID, visitor: VisitorDep, session: ReadSessionDep) -> ProfileTwinsOut:
    """Public profiles, and the caller's own, that repeat this one, those of the same organisation included; most alike
    first, ten at most.

    They are found by their words, so a twin in another language is not.
    """
    return await reviewing.twins(session, visitor, profile_id)


@router.put(
    "/{profile_id}",
    responses=problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow, Stale, PreconditionRequired),
)
async def replace_profile(
    profile_id: UUID,
    body: ProfileIn,
    enterprise: PrincipalDep,
    session: SessionDep,
    expected: IfMatchDep,
    response: Response,
) -> ProfileSavedOut:
    """Replace a profile by a new version; its matches are computed anew. The reply names profiles that it repeats."""
    changed = await service.change(session, enterprise, profile_id, body, now(), expected=expected)
    [profile] = await reviewing.saved(session, [changed])
    set_etag(response, profile.version)
    _link_twins(response, profile.id)
    return profile


@router.post("/{profile_id}/withdraw", responses=problems(Unauthenticated, Forbidden, NotFound))
async def withdraw_profile(
    profile_id: UUID, enterprise: PrincipalDep, session: SessionDep, once: OnceDep, response: Response
) -> ProfileOut:
    """Take a profile out of matching for good. Repeating the call changes nothing."""
    profile = await service.withdraw(session, enterprise, profile_id, now())
    set_etag(response, profile.version)
    return once.keep(ProfileOut.model_validate(profile))
