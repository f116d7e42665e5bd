"""What a list of deliveries may be narrowed by."""

from uuid import UUID

from pydantic import BaseModel, Field

from notify.deliveries.rules import DeliveryState
from notify.subscriptions.rules import Channel


class DeliveryFilters(BaseModel):
    """Each one given narrows the list further."""

    subscription_id: UUID | None = None
    state: DeliveryState | None = None
    digest_id: UUID | None = Field(None, description="What the digest with this id tells of.")
    channel: Channel | None = None
