"""Two firms, a demand that one of them is matched with, and what is objected to in that."""

from typing import Any

import httpx

from common.fields import OrganisationKey
from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, FIRM, OTHER_FIRM, House, demand

Json = dict[str, Any]
PLATFORM = OrganisationKey(scheme="uscc", code="11370200MB28524675")
CITY = OrganisationKey(scheme="lei", code="213800WSGIIZCXF1P572")
STATEMENT = "本单位画像所列指标逐条满足要求，请复核该次排序。"
ANSWER = {"answer": "已重算该次排序，与收据一致，请查阅。"}
DECISION = {"decision": "经重算，名次与收据一致，未发现不当，异议不成立。"}


class Objecting:
    """FIRM is matched with PORT's demand, OTHER_FIRM was considered and not shown."""

    def __init__(self, house: House) -> None:
        self.house, self.demand_id = house, ""

    async def begin(self) -> None:
        await self.house.save(DAMAGE_OFFER, FIRM)
        await self.house.save(CATERING_OFFER, OTHER_FIRM)
        await self.house.work()
        self.demand_id = str((await self.house.hear(demand())).id)
        await self.house.work()

    async def file(self, who: OrganisationKey = OTHER_FIRM, **changes: Any) -> httpx.Response:
        body = {"subject": "ranking", "demand_id": self.demand_id, "statement": STATEMENT, **changes}
        return await self.house.client.post("/v1/objections", json=body, headers=self.house.token(who))

    async def filed(self, who: OrganisationKey = OTHER_FIRM, **changes: Any) -> str:
        """The path of a new one."""
        reply = await self.file(who, **changes)
        assert reply.status_code == 201, reply.text
        return str(reply.headers["location"])

    async def take(self, path: str, who: OrganisationKey, role: str, body: Json | None = None) -> httpx.Response:
        return await self.house.client.post(path, json=body, headers=self.house.token(who, *role.split()))

    async def taken(self, path: str, who: OrganisationKey, role: str, body: Json | None = None) -> Json:
        reply = await self.take(path, who, role, body)
        assert reply.status_code == 200, reply.text
        shown: Json = reply.json()
        return shown

    async def answered(self, path: str) -> Json:
        await self.taken(f"{path}/accept", PLATFORM, "operator")
        return await self.taken(f"{path}/answer", PLATFORM, "operator", ANSWER)

    async def read(self, path: str, who: OrganisationKey | None = None, *roles: str) -> Json:
        headers = self.house.token(who, *roles) if who else {"Authorization": ""}
        reply = await self.house.client.get(path, headers=headers)
        assert reply.status_code == 200, reply.text
        shown: Json = reply.json()
        return shown

    async def match(self) -> Json:
        [match] = await self.house.matches()
        return match
