"""What an act looks like over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Side
from common.fields import Frozen, OrganisationKey


class ActOut(Frozen):
    """Who did what, when, from which state to which. What the clock did names nobody."""

    id: UUID
    at: datetime
    action: str
    before: str | None
    after: str
    side: Side | None
    actor: OrganisationKey | None
    actor_name: str | None
    on_behalf_of: OrganisationKey | None = Field(description="Whom a broker acted for.")
    mandate_id: UUID | None
    reason: str | None = Field(description="A code.")
    reason_text: str | None
