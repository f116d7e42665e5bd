"""What authorities, and the clock, do with subsidy schemes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from catalog.subsidies import repository, rules
from catalog.subsidies.filters import SubsidySchemeFilters
from catalog.subsidies.models import SubsidyScheme
from catalog.subsidies.rules import SubsidySchemeAction, SubsidySchemeParty
from catalog.subsidies.schemas import SubsidySchemeContent, SubsidySchemeOut
from common import deadlines
from common.deadlines import Handler
from common.pagination import PageRequest

OPEN, CLOSE = "subsidy_scheme.open", "subsidy_scheme.close"
"""Kinds of deadlines."""


def _text(scheme: SubsidyScheme) -> dict[str, Any]:
    return SubsidySchemeOut.model_validate(scheme).model_dump(mode="json")


SCHEMES = Records(SubsidyScheme, rules.LIFE, by_owner(SubsidySchemeParty.OWNER), _text)


async def plan(changing: Changing, content: SubsidySchemeContent) -> SubsidyScheme:
    """A scheme that everyone reads and that takes no claims yet; its terms stay as they are."""
    session, caller, at = changing
    has_policy = content.policy_id is None or await repository.has_policy(session, content.policy_id)
    rules.refuse_faulty(content, caller.organisation, at, has_policy=has_policy)
    fields = content.model_dump()
    fields["handlers"] = list(fields["handlers"])
    scheme = await SCHEMES.begin(changing, SubsidySchemeParty.OWNER, **fields)
    await _keep_deadlines(session, scheme)
    return scheme


async def take(changing: Changing, scheme_id: UUID, action: str, reason: str | None) -> SubsidyScheme:
    """Open or close it by hand."""
    async with SCHEMES.step(changing, scheme_id, action, reason) as scheme:
        pass
    await _keep_deadlines(changing.session, scheme)
    return scheme


async def _keep_deadlines(session: AsyncSession, scheme: SubsidyScheme) -> None:
    await deadlines.put(session, OPEN, scheme.id, scheme.opens_at if scheme.state is rules.PLANNED else None)
    await deadlines.put(session, CLOSE, scheme.id, None if scheme.state is rules.CLOSED else scheme.closes_at)


async def page(session: AsyncSession, wanted: PageRequest, filters: SubsidySchemeFilters) -> Sequence[SubsidyScheme]:
    return await SCHEMES.page(session, wanted, *repository.listed(filters))


async def open_due(session: AsyncSession, scheme_id: UUID, at: datetime) -> None:
    """Open a scheme whose time has come by `at`, if that is how it stands."""
    await SCHEMES.strike(session, scheme_id, SubsidySchemeAction.OPEN, SubsidySchemeParty.CLOCK, at)


async def close_due(session: AsyncSession, scheme_id: UUID, at: datetime) -> None:
    """Close one whose time has passed."""
    await SCHEMES.strike(session, scheme_id, SubsidySchemeAction.CLOSE, SubsidySchemeParty.CLOCK, at)


DUE: dict[str, Handler] = {OPEN: open_due, CLOSE: close_due}
"""What the clock does for subsidy schemes."""
