"""Reads and writes questions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.questions.models import DemandQuestion
from common.contracts.words import QuestionState
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest


def add(session: AsyncSession, question: DemandQuestion) -> None:
    session.add(question)


async def locked(session: AsyncSession, demand_id: UUID, question_id: UUID) -> DemandQuestion:
    """A question about a demand, which nobody else changes before this transaction ends. Raises NotFound."""
    wanted = select(DemandQuestion).where(DemandQuestion.id == question_id, DemandQuestion.demand_id == demand_id)
    found = (await session.scalars(wanted.with_for_update(of=DemandQuestion))).one_or_none()
    if found is None:
        raise NotFound("There is no such question about this demand", "该需求下没有这条提问")
    return found


async def page(
    session: AsyncSession, demand_id: UUID, viewer: OrganisationKey | None, wanted: PageRequest, *, is_owner: bool
) -> Sequence[DemandQuestion]:
    """Up to `limit + 1`, newest first: all to the demand's owner, to others those answered and their own."""
    seen = DemandQuestion.state == QuestionState.ANSWERED
    if viewer is not None:
        seen = true() if is_owner else or_(seen, DemandQuestion.owned_by(viewer))
    rows = select(DemandQuestion).where(DemandQuestion.demand_id == demand_id, seen)
    if wanted.after:
        rows = rows.where(tuple_(DemandQuestion.created_at, DemandQuestion.id) < wanted.after)
    newest = rows.order_by(DemandQuestion.created_at.desc(), DemandQuestion.id.desc())
    return (await session.scalars(newest.limit(wanted.limit + 1))).all()
