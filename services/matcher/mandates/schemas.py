"""What mandates look like over HTTP."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from common.fields import Frozen, Line, Moment, OrganisationKey
from matcher.mandates.models import Mandate
from matcher.mandates.rules import MandateState, Power


class MandateIn(Frozen):
    """Who may act for the caller's organisation, in what, and until when."""

    broker: OrganisationKey
    broker_name: Line
    powers: Annotated[frozenset[Power], Field(min_length=1)] = Field(
        description="What the broker may do in dockings; reading them is part of any."
    )
    demand_id: UUID | None = Field(None, description="Only dockings of this demand.")
    profile_id: UUID | None = Field(None, description="Only dockings of this profile.")
    expires_at: Moment


class MandateOut(Frozen):
    id: UUID
    version: int
    state: MandateState
    giver: OrganisationKey
    giver_name: str
    broker: OrganisationKey
    broker_name: str
    powers: tuple[Power, ...]
    demand_id: UUID | None
    profile_id: UUID | None
    given_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, mandate: Mandate, at: datetime) -> Self:
        names = [name for name in cls.model_fields if name != "state"]
        return cls(state=mandate.state(at), **{name: getattr(mandate, name) for name in names})
