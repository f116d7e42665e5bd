"""Reads and writes scores, and asks who is a party to solutions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.evaluations.models import Score
from catalog.solicitations.models import Evaluator
from catalog.solutions.models import Solution
from common.contracts.words import SolutionState
from common.fields import OrganisationKey


async def put(session: AsyncSession, fields: dict[str, Any]) -> Score:
    """Record an evaluator's score of a solution, or put it in the place of the one before."""
    new = insert(Score).values(**fields)
    said = {name: new.excluded[name] for name in ("points", "points_sum", "comment", "scored_at")}
    changed = new.on_conflict_do_update(index_elements=["solution_id", "evaluator_id"], set_=said)
    fresh = changed.returning(Score).execution_options(populate_existing=True)
    return (await session.scalars(fresh)).one()


async def scores(session: AsyncSession, solicitation_id: UUID) -> Sequence[Score]:
    """In the order in which the evaluators were named."""
    wanted = select(Score).join(Evaluator, Evaluator.id == Score.evaluator_id)
    ours = wanted.where(Evaluator.solicitation_id == solicitation_id).order_by(Evaluator.id, Score.solution_id)
    return (await session.scalars(ours)).all()


async def parties(session: AsyncSession, solicitation_id: UUID) -> set[OrganisationKey]:
    """Who submitted a solution that was not withdrawn, or is a member of one."""
    stands = Solution.state != SolutionState.WITHDRAWN
    rows = await session.scalars(select(Solution).where(Solution.solicitation_id == solicitation_id, stands))
    return {key for solution in rows for key in of(solution)}


def of(solution: Solution) -> list[OrganisationKey]:
    """The parties to one solution, its submitter first."""
    members = [OrganisationKey.model_validate(member["organisation"]) for member in solution.members]
    return [solution.owner_key, *members]
