"""What organisations do with the records of what they bought."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.procurements import repository, rules
from catalog.procurements.filters import ProcurementFilters
from catalog.procurements.models import ProcurementRecord
from catalog.procurements.rules import ProcurementAction, ProcurementParty
from catalog.procurements.schemas import ProcurementContent, ProcurementCorrection, ProcurementOut, columns
from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from common.days import day_of
from common.pagination import PageRequest


def _text(record: ProcurementRecord) -> dict[str, Any]:
    return ProcurementOut.model_validate(record).model_dump(mode="json")


PROCUREMENTS = Records(ProcurementRecord, rules.LIFE, by_owner(ProcurementParty.REPORTER), _text)


async def report(changing: Changing, content: ProcurementContent) -> ProcurementRecord:
    """A record that counts in its organisation's shares from now on."""
    await _refuse_faulty(changing, content)
    return await PROCUREMENTS.begin(changing, ProcurementParty.REPORTER, **columns(content))


async def correct(
    changing: Changing, record_id: UUID, correction: ProcurementCorrection, expected: int
) -> ProcurementRecord:
    """Another version in the place of the one before, which stays to be read."""
    step = PROCUREMENTS.step(changing, record_id, ProcurementAction.CORRECT, correction.reason, expected=expected)
    async with step as record:
        await _refuse_faulty(changing, correction)
        for name, value in columns(correction).items():
            setattr(record, name, value)
    return record


async def take(changing: Changing, record_id: UUID, action: str, reason: str | None) -> ProcurementRecord:
    """A step that changes nothing else."""
    async with PROCUREMENTS.step(changing, record_id, action, reason) as record:
        pass
    return record


async def _refuse_faulty(changing: Changing, content: ProcurementContent) -> None:
    named = content.demand_id
    is_public = named is not None and await repository.is_public_demand(changing.session, named)
    rules.refuse_faulty(content, day_of(changing.at), is_public=is_public)


async def page(session: AsyncSession, wanted: PageRequest, filters: ProcurementFilters) -> Sequence[ProcurementRecord]:
    return await PROCUREMENTS.page(session, wanted, *repository.listed(filters))
