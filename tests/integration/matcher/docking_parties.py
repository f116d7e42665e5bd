"""The sides of a match and a broker, as they act in dockings over HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select

from common import outbox
from common.clock import now
from common.contracts.envelope import Envelope
from common.fields import OrganisationKey
from tests.integration.matcher.service_under_test import (
    DAMAGE_OFFER,
    FIRM,
    OTHER_FIRM,
    PORT,
    House,
    demand,
)

Json = dict[str, Any]
BROKER = OrganisationKey(scheme="lei", code="213800WSGIIZCXF1P572")
FIRM_CONTACT = {"name": "示例工程师", "phone": "0532-11110000", "email": None}
PORT_CONTACT = {"name": "示例处长", "phone": None, "email": "owner@example.com"}


@dataclass
class Docked:
    """A match of PORT's demand and FIRM's profile, and what its sides do with it."""

    house: House
    match: Json
    docking: Json = field(default_factory=dict)

    async def send(
        self, who: OrganisationKey, path: str, body: object = None, *, by: str | None = None, method: str = "POST"
    ) -> httpx.Response:
        """`by` is the mandate."""
        params = {"mandate_id": by} if by else {}
        return await self.house.client.request(method, path, json=body, params=params, headers=self.house.token(who))

    async def ok(self, who: OrganisationKey, path: str, body: object = None, **how: Any) -> Json:
        reply = await self.send(who, path, body, **how)
        assert reply.is_success, reply.text
        shown: Json = reply.json()
        return shown

    async def open(self, who: OrganisationKey = FIRM, **how: Any) -> Json:
        self.docking = await self.ok(who, "/v1/dockings", {"match_id": self.match["id"]}, **how)
        return self.docking

    @property
    def path(self) -> str:
        return f"/v1/dockings/{self.docking['id']}"

    async def act(self, who: OrganisationKey, action: str, body: object = None, **how: Any) -> httpx.Response:
        return await self.send(who, f"{self.path}/{action}", {} if body is None else body, **how)

    async def acts(self, who: OrganisationKey, action: str, body: object = None, **how: Any) -> Json:
        reply = await self.act(who, action, body, **how)
        assert reply.is_success, reply.text
        shown: Json = reply.json()
        return shown

    async def read(self, who: OrganisationKey = FIRM, part: str = "", **how: Any) -> Json:
        return await self.ok(who, self.path + part, method="GET", **how)

    async def offer(
        self, who: OrganisationKey, *days: int, docking_ids: list[str] | None = None, **how: Any
    ) -> list[Json]:
        """Times of an hour, so many days from now."""
        body = {"docking_ids": docking_ids or [self.docking["id"]], "slots": [slot(each) for each in days]}
        offered: list[Json] = (await self.ok(who, "/v1/slots", body, **how))["slots"]
        return offered

    async def take(self, who: OrganisationKey, slot_id: str, **how: Any) -> httpx.Response:
        return await self.act(who, f"slots/{slot_id}/take", **how)

    async def meet(self) -> Json:
        """The firm has opened, the port offers, the firm takes."""
        await self.open()
        [offered] = await self.offer(PORT, 3)
        reply = await self.take(FIRM, offered["id"])
        assert reply.is_success, reply.text
        self.docking = reply.json()
        return self.docking

    async def mandate(self, giver: OrganisationKey, *powers: str, **more: Any) -> str:
        body = {
            "broker": BROKER.model_dump(),
            "broker_name": "示例经纪机构",
            "powers": powers,
            "expires_at": (now() + timedelta(days=30)).isoformat(),
            **more,
        }
        return str((await self.ok(giver, "/v1/mandates", body))["id"])


def slot(days: int, hours: int = 1) -> Json:
    start = (now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=hours)).isoformat(),
        "place": "示例港区三号会议室",
    }


async def matched(house: House, who: OrganisationKey = FIRM) -> Docked:
    await house.save(DAMAGE_OFFER, who)
    await house.hear(demand())
    await house.work()
    [match] = await house.matches(who)
    return Docked(house, match)


async def both_matched(house: House) -> tuple[Docked, Docked]:
    """One demand of PORT, matched with FIRM and with OTHER_FIRM."""
    first = await matched(house)
    await house.save(DAMAGE_OFFER, OTHER_FIRM)
    await house.work()
    [match] = await house.matches(OTHER_FIRM)
    return first, Docked(house, match)


async def events(house: House, prefix: str) -> list[Envelope]:
    """What was announced of a kind, oldest first."""
    async with house.database.begin() as session:
        rows = await session.scalars(select(outbox.OutboxRow).order_by(outbox.OutboxRow.seq))
        told = [Envelope.model_validate_json(row.envelope) for row in rows]
    return [event for event in told if event.type.startswith(prefix)]


async def outbox_text(house: House) -> str:
    async with house.database.begin() as session:
        return "\n".join(await session.scalars(select(outbox.OutboxRow.envelope)))
