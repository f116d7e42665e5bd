"""What lists of deliveries and attempts may be narrowed by, and which deliveries are to be sent again."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Frozen, Line, Moment
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.rules import Channel


class DeliveryFilters(BaseModel):
    """Each one given narrows the list further."""

    subscription_id: UUID | None = None
    state: DeliveryState | None = None
    digest_id: UUID | None = Field(None, description="What the digest with this id tells of.")
    channel: Channel | None = None


class AttemptFilters(BaseModel):
    """Each one given narrows the list further."""

    subscription_id: UUID | None = None
    delivery_id: UUID | None = None
    channel: Channel | None = None
    outcome: AttemptOutcome | None = None
    status: Annotated[int | None, Field(ge=0, le=999, description="HTTP status or SMTP reply code.")] = None
    reason: Annotated[str | None, Field(max_length=100, description="The word that `reason` is.")] = None
    answer: Annotated[str | None, Field(max_length=100, description="Stands in the receiver's answer.")] = None
    since: Moment | None = Field(None, description="From this moment on.")
    until: Moment | None = Field(None, description="Before this moment.")


class RedeliveryFilters(Frozen):
    """Which settled deliveries to send again: all that pass."""

    since: Moment = Field(description="Made from this moment on.")
    until: Moment | None = Field(None, description="Made before this moment.")
    state: Literal["abandoned", "sent"] = Field("abandoned", description="How they ended.")
    subscription_id: UUID | None = None
    news_type: Line | None = Field(
        None, description="As deliveries show it, or `match`.", examples=["catalog.demand.amended"]
    )
