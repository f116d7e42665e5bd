"""Who acts, for whom: the caller for its own organisation, or a broker by a mandate."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.clock import new_id
from common.contracts.dockings import Act, Side
from common.fields import OrganisationKey
from matcher.acts import repository
from matcher.acts.models import ActRow


@dataclass(frozen=True)
class Why:
    """A reason as a code, and in words."""

    code: str | None = None
    text: str | None = None


NO_REASON = Why()


@dataclass(frozen=True)
class Acting:
    """Somebody at work at a moment.

    caller      who holds the token; None is the clock
    party       the organisation that is acted for
    mandate_id  by which the caller acts for another organisation than its own
    """

    at: datetime
    caller: Principal | None = None
    party: OrganisationKey | None = None
    mandate_id: UUID | None = None

    @property
    def on_behalf_of(self) -> OrganisationKey | None:
        return self.party if self.mandate_id is not None else None


@dataclass(frozen=True)
class Done:
    """An action on a noun's row that led from one state to another. `side` is None of what no side did."""

    noun: str
    about: UUID
    action: str
    before: str | None
    after: str
    side: Side | None = None
    why: Why = NO_REASON


def record(session: AsyncSession, who: Acting, done: Done) -> Act:
    """Keep an act in the caller's transaction; returns it as events tell it."""
    caller = who.caller
    row = ActRow(
        id=new_id(),
        noun=done.noun,
        about=done.about,
        at=who.at,
        action=done.action,
        before=done.before,
        after=done.after,
        side=done.side,
        actor_scheme=caller.organisation.scheme if caller else None,
        actor_code=caller.organisation.code if caller else None,
        actor_name=caller.organisation_name if caller else None,
        subject=caller.subject if caller else None,
        on_behalf_of_scheme=who.on_behalf_of.scheme if who.on_behalf_of else None,
        on_behalf_of_code=who.on_behalf_of.code if who.on_behalf_of else None,
        mandate_id=who.mandate_id,
        reason=done.why.code,
        reason_text=done.why.text,
    )
    repository.add(session, row)
    return Act(
        action=done.action,
        side=done.side,
        actor=row.actor,
        actor_name=row.actor_name,
        on_behalf_of=row.on_behalf_of,
        mandate_id=who.mandate_id,
        reason=done.why.code,
        at=who.at,
    )
