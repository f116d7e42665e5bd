"""A subsidy scheme as its tests see it: two firms whose solutions were adopted, and officers of two bureaus."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from catalog.subsidies.schemas import EXAMPLE as SCHEME
from catalog.subsidy_claims.schemas import EXAMPLE as CLAIM
from common.clock import now
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, Headers, id_of
from tests.integration.catalog.solicited import EXPERT, FIRM, Solicited, code, decision, key

BUREAU, DISTRICT, FINANCE = code(31), code(32), code(33)
NUMBER = "6200000000000000"
REASON = {"reason": "材料与实际不符"}


class Subsidised:
    """Paths of two adopted solutions, and the tokens of all who take part."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.call = Solicited(catalog)
        self.bureau = catalog.token(BUREAU, "市工信局（示例）", "publisher", "subsidy_officer")
        self.district = catalog.token(DISTRICT, "区工信局（示例）", "subsidy_officer")
        self.finance = catalog.token(FINANCE, "市财政局（示例）", "subsidy_officer")
        self.firm, self.rival = self.call.firm, self.call.rival
        self.conflicted = {
            "who selected": catalog.token(PORT, "青岛港（示例）", "publisher", "subsidy_officer"),
            "who scored": catalog.token(EXPERT, "评审机构甲（示例）", "subsidy_officer"),
            "who claims": catalog.token(FIRM, "甲公司（示例）", "enterprise", "subsidy_officer"),
        }

    async def selected(self) -> tuple[str, str]:
        """Of the firm and of its rival, by two evaluators."""
        solutions = await self.call.scored()
        for step in ("shortlist", "select"):
            await self.call.done(step, decision(list(solutions)))
        await self.call.done("conclude")
        return solutions

    async def adopted(self) -> tuple[str, str]:
        solutions = await self.selected()
        await self.adopt()
        return solutions

    async def adopt(self) -> None:
        demand = (await self.catalog.get(self.call.where)).json()["demand_id"]
        for step in ("validate", "adopt"):
            assert (await self.catalog.post(f"/v1/demands/{demand}/{step}")).status_code == 200

    async def scheme(self, **changes: Any) -> str:
        """Path of an open scheme that a district and those in conflict handle too."""
        handlers = [key(one) for one in (DISTRICT, FINANCE, PORT, EXPERT, FIRM)]
        terms = {**SCHEME, "opens_at": None, "needs_validation": False, "handlers": handlers, **changes}
        reply = await self.catalog.post("/v1/subsidy-schemes", terms, as_=self.bureau)
        assert reply.status_code == 201, reply.text
        where = str(reply.headers["location"])
        assert (await self.catalog.post(f"{where}/open", as_=self.bureau)).status_code == 200
        return where

    def claim(self, scheme: str, solution: str, **changes: Any) -> dict[str, Any]:
        named = {"scheme_id": str(id_of(scheme)), "solution_id": str(id_of(solution))}
        return {**CLAIM, **named, **changes}

    async def filed(self, scheme: str, solution: str, as_: Headers | None = None, **changes: Any) -> str:
        body = self.claim(scheme, solution, **changes)
        reply = await self.catalog.post("/v1/subsidy-claims", body, as_=as_ or self.firm)
        assert reply.status_code == 201, reply.text
        return str(reply.headers["location"])

    async def done(self, claim: str, step: str, body: Any = None, as_: Headers | None = None) -> dict[str, Any]:
        """By the district's officer unless somebody else is named."""
        reply = await self.catalog.post(f"{claim}/{step}", body, as_=as_ or self.district)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def noticed(self, claim: str) -> None:
        """Verified and publicised, and the notice is over."""
        await self.done(claim, "verify")
        await self.done(claim, "publicise")
        await self.end_notice(claim)

    async def end_notice(self, claim: str) -> None:
        async with self.catalog.database.begin() as session:
            over = text("UPDATE subsidy_claims SET notice_ends_at = :at WHERE id = :id")
            await session.execute(over, {"at": now() - timedelta(seconds=1), "id": id_of(claim)})

    async def balance(self, scheme: str) -> dict[str, int]:
        found: dict[str, int] = (await self.catalog.get(f"{scheme}/balance")).json()
        return found
