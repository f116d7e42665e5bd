"""Finds rules as they were, and sums what organisations bought."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history.models import PublicVersion
from catalog.organisations.models import Organisation
from catalog.procurements.models import ProcurementRecord
from catalog.share_rules.filters import ShareRuleFilters
from catalog.share_rules.models import ShareRule
from catalog.share_rules.rules import Bought
from common.contracts.words import ProcurementCategory, ProcurementState, ProcurementTrait
from common.fields import OrganisationKey
from common.pagination import PageRequest

_COUNTS = ProcurementRecord.state == ProcurementState.REPORTED


def listed(filters: ShareRuleFilters) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    if filters.state is not None:
        yield ShareRule.state == filters.state


async def text_of(session: AsyncSession, rule_id: UUID, version: int) -> dict[str, Any] | None:
    """What everyone read of a rule in a version; None when it has none such."""
    wanted = select(PublicVersion.snapshot)
    same = wanted.where(PublicVersion.subject_id == rule_id, PublicVersion.version == version)
    return (await session.scalars(same)).one_or_none()


async def buyers(
    session: AsyncSession, wanted: PageRequest, quarters: Collection[str], key: OrganisationKey | None
) -> Sequence[Organisation]:
    """Up to `limit + 1` organisations that bought something in some quarters, newest on record first.

    key  of one alone
    """
    theirs = (
        ProcurementRecord.owner_scheme == Organisation.scheme,
        ProcurementRecord.owner_code == Organisation.code,
    )
    rows = select(Organisation).where(exists().where(*theirs, _COUNTS, ProcurementRecord.period.in_(quarters)))
    if key is not None:
        rows = rows.where(Organisation.scheme == key.scheme, Organisation.code == key.code)
    if wanted.after:
        rows = rows.where(tuple_(Organisation.created_at, Organisation.id) < wanted.after)
    newest = rows.order_by(Organisation.created_at.desc(), Organisation.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()


async def bought(
    session: AsyncSession, organisations: Collection[Organisation], quarters: Collection[str]
) -> dict[OrganisationKey, list[Bought]]:
    """What each bought in some quarters, summed over purchases of one category with the same traits."""
    owner = (ProcurementRecord.owner_scheme, ProcurementRecord.owner_code)
    alike = (*owner, ProcurementRecord.category, ProcurementRecord.traits)
    sums = select(*alike, func.sum(ProcurementRecord.amount_fen)).where(
        _COUNTS,
        ProcurementRecord.period.in_(quarters),
        tuple_(*owner).in_([(each.scheme, each.code) for each in organisations]),
    )
    found: dict[OrganisationKey, list[Bought]] = {}
    for scheme, code, category, traits, amount in await session.execute(sums.group_by(*alike)):
        of = frozenset(map(ProcurementTrait.heard, traits))
        one = Bought(ProcurementCategory(category), of, int(amount))
        found.setdefault(OrganisationKey(scheme=scheme, code=code), []).append(one)
    return found
