"""What times to meet look like over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Side
from common.fields import Frozen, Line, Moment, Text, form

_LINK = form(r"^https://[^\s]{1,480}$", "give an address that begins with https://", "请填写以 https:// 开头的网址")


class SlotIn(Frozen):
    starts_at: Moment
    ends_at: Moment
    place: Line = Field(examples=["前湾港区三号会议室"])
    url: Annotated[str, _LINK] | None = Field(None, description="Of a meeting online; only in the calendar file.")


class SlotsIn(Frozen):
    """Times of one organisation, offered in some of its dockings; a time that is taken in one is gone in the others."""

    docking_ids: tuple[UUID, ...] = Field(min_length=1, max_length=50)
    slots: tuple[SlotIn, ...] = Field(min_length=1, max_length=20)


class SlotOut(Frozen):
    id: UUID
    side: Side = Field(description="Who offers it.")
    starts_at: datetime
    ends_at: datetime
    place: str


class SlotsOut(Frozen):
    """Those that can still be taken, the earliest first."""

    slots: tuple[SlotOut, ...]


class CancellationIn(Frozen):
    text: Annotated[Text, Field(max_length=2000)] | None = Field(None, description="Why, for the other side.")
