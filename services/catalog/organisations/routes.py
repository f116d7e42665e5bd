"""Organisations over HTTP."""

from typing import Annotated

from fastapi import Depends, Path, Query

from catalog.organisations import service
from catalog.organisations.schemas import OrganisationIn, OrganisationOut
from common.auth import PrincipalDep
from common.clock import now
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotFound, TooLarge, Unauthenticated, Unavailable
from common.fields import Code, Line, OrganisationKey, Scheme
from common.listing import ListingDep, listed
from common.pagination import Page
from common.problems import problems
from common.routing import GuardedRouter

router = GuardedRouter(prefix="/v1/organisations", tags=["organisations"], responses=problems(Unavailable))


async def _key(
    scheme: Annotated[Scheme, Path(description="`uscc` for a unified social credit code, else another register.")],
    code: Annotated[Code, Path(description="The organisation's code in that scheme.")],
) -> OrganisationKey:
    return OrganisationKey(scheme=scheme, code=code)


KeyDep = Annotated[OrganisationKey, Depends(_key)]


@router.put(
    "/{scheme}/{code}",
    summary="Record an organisation or change it",
    responses=problems(Unauthenticated, Forbidden, TooLarge),
)
async def replace_organisation(
    key: KeyDep, body: OrganisationIn, caller: PrincipalDep, session: SessionDep
) -> OrganisationOut:
    """By the organisation itself or an operator. A `uscc` code must have the right check character."""
    return OrganisationOut.model_validate(await service.put(session, caller, key, body, now()))


@router.get("/{scheme}/{code}", summary="Read an organisation", responses=problems(NotFound))
async def read_organisation(key: KeyDep, session: ReadSessionDep) -> OrganisationOut:
    """One that was recorded, or has published a demand."""
    return OrganisationOut.model_validate(await service.get(session, key))


@router.get("", summary="List organisations, newest first")
async def list_organisations(
    listing: ListingDep, name: Annotated[Line | None, Query(description="Part of the name, in any letter case.")] = None
) -> Page[OrganisationOut]:
    """Those that were recorded, or have published a demand: who only drafts, asks or answers is not shown."""
    rows = await service.page(listing.session, name, listing.page)
    return listed(listing, rows, OrganisationOut.model_validate)
