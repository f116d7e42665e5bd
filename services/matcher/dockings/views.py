"""Dockings as replies show them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.dockings import Side
from common.fields import Language
from matcher.contacts import repository as contacts
from matcher.dockings import moving, rules
from matcher.dockings.moving import DockingSeat
from matcher.dockings.repository import DockingCounts
from matcher.dockings.schemas import (
    DockingFiguresOut,
    DockingOut,
    FailureReasonOut,
    FailureReasonsOut,
    NextOut,
    SpanOut,
)
from matcher.dockings.tables import failure_reasons, steps

_COMPUTED = frozenset({"side", "next", "allowed", "shared_by", "meeting"})


async def shown(session: AsyncSession, seats: Sequence[DockingSeat], language: Language | None) -> list[DockingOut]:
    await session.flush()
    shared = await contacts.sharing_sides(session, [each.docking.id for each in seats])
    return [_out(each, shared.get(each.docking.id, []), language) for each in seats]


async def one(session: AsyncSession, seat: DockingSeat, language: Language | None) -> DockingOut:
    """As `shown`, of a single docking."""
    [out] = await shown(session, [seat], language)
    return out


def _out(sitting: DockingSeat, shared_by: Sequence[Side], language: Language | None) -> DockingOut:
    docking, side = sitting.docking, sitting.side
    assert side is not None, "the clock asks for no reply"
    names = [name for name in DockingOut.model_fields if name not in _COMPUTED]
    return DockingOut(
        **{name: getattr(docking, name) for name in names},
        meeting=docking.meeting_told,
        side=side,
        next=_next(sitting, language),
        allowed=moving.may(docking, side),
        shared_by=tuple(shared_by),
    )


def _next(sitting: DockingSeat, language: Language | None) -> NextOut | None:
    step, due = moving.next_of(sitting.docking), sitting.docking.due
    if step is None or due is None:
        return None
    terms = steps()[step.code]
    return NextOut(
        title=terms.en if language == "en" else terms.zh,
        due_at=due.ends_at,
        is_overdue=rules.is_overdue(due, sitting.who.at),
        **step.model_dump(),
    )


def reasons() -> FailureReasonsOut:
    """Those that people may give."""
    rows = [
        FailureReasonOut(code=code, en=row.en, zh=row.zh, needs_words=row.words)
        for code, row in failure_reasons().items()
        if not row.clock
    ]
    return FailureReasonsOut(reasons=tuple(rows))


def figures(counted: DockingCounts) -> DockingFiguresOut:
    spans = {name: SpanOut.model_validate(span) for name, span in counted.spans.items()}
    return DockingFiguresOut(states=counted.states, failure_reasons=counted.reasons, **spans)
