"""A solicitation as its tests see it: an owner, two evaluators, three firms."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from common import uscc
from common.clock import now
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, Headers, id_of

CLOSES_AT = now() + timedelta(days=30)
DECIDE_BY = CLOSES_AT + timedelta(days=20)
HARD = {"kind": "function", "text": "识别五个箱面的破洞", "is_hard": True}
ALSO_HARD = {"kind": "standard", "text": "符合 GB/T 1413", "is_hard": True}
SOFT = {"kind": "delivery", "text": "三个月内交付", "is_hard": False}
CLAUSES = [HARD, SOFT, ALSO_HARD]
PROOF = [{"title": "检测报告", "reference": "QD-2026-01"}]


def code(number: int) -> str:
    """A sound unified social credit code, another for each number."""
    first = f"91370200MA3F{number:05d}"
    return first + uscc.check_character(first)


def key(one: str) -> dict[str, str]:
    return {"scheme": "uscc", "code": one}


FIRM, PARTNER, RIVAL, EXPERT, PROFESSOR = (code(number) for number in range(1, 6))


def terms(demand: str, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "demand_id": str(id_of(demand)),
        "criteria": [{"name": "技术指标", "weight": 60}, {"name": "实施条件", "weight": 40}],
        "closes_at": CLOSES_AT.isoformat(),
        "decide_by": DECIDE_BY.isoformat(),
    }
    return {**fields, **changes}


def answer(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": "残损识别一体机",
        "summary": "五面相机阵列与边缘推理。",
        "responses": [
            {"clause": 0, "answer": "五面均可识别", "evidence": PROOF},
            {"clause": 2, "answer": "符合", "evidence": PROOF},
        ],
        "trl": 8,
        "language": "zh",
        "price_fen": 128_000_000,
    }
    return {**fields, **changes}


class Solicited:
    """Paths of a solicitation and its solutions, and the tokens of all who take part."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.owner = catalog.port
        self.firm = catalog.token(FIRM, "甲公司（示例）", "enterprise")
        self.partner = catalog.token(PARTNER, "乙公司（示例）", "enterprise")
        self.rival = catalog.token(RIVAL, "丙公司（示例）", "enterprise")
        self.expert = catalog.token(EXPERT, "评审机构甲（示例）", "enterprise")
        self.professor = catalog.token(PROFESSOR, "评审机构乙（示例）", "enterprise")
        self.where = ""

    async def open(self, **changes: Any) -> str:
        """Path of a new solicitation on a new demand."""
        demand = await self.catalog.a_published_demand(clauses=CLAUSES)
        reply = await self.catalog.post("/v1/solicitations", terms(demand, **changes))
        assert reply.status_code == 201, reply.text
        self.where = reply.headers["location"]
        return self.where

    async def submit(self, as_: Headers, **changes: Any) -> str:
        reply = await self.catalog.post(f"{self.where}/solutions", answer(**changes), as_=as_)
        assert reply.status_code == 201, reply.text
        return str(reply.headers["location"])

    async def do(self, step: str, body: Any = None, *, as_: Headers | None = None) -> httpx.Response:
        return await self.catalog.post(f"{self.where}/{step}", body, as_=as_)

    async def done(self, step: str, body: Any = None, *, as_: Headers | None = None) -> dict[str, Any]:
        reply = await self.do(step, body, as_=as_)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def appoint(self, *codes: str) -> None:
        named = [{"organisation": key(one), "subject": f"uscc:{one}", "name": f"评审人 {one}"} for one in codes]
        await self.done("appoint", {"evaluators": named})

    async def close(self) -> None:
        await self.catalog.clock_strikes(CLOSES_AT)

    async def declare(self, as_: Headers, *interests: str, has_conflict: bool = False) -> str:
        body = {"has_conflict": has_conflict, "interests": [key(one) for one in interests]}
        return str((await self.done("declare", body, as_=as_))["clearance"])

    async def examine(self, solution: str, *, reason: str | None = None) -> httpx.Response:
        return await self.catalog.post(f"{solution}/examine", {"is_complete": reason is None, "reason": reason})

    async def score(self, solution: str, as_: Headers, first: int, second: int) -> httpx.Response:
        body = {"points": {"技术指标": first, "实施条件": second}}
        return await self.catalog.put(f"{solution}/score", body, as_=as_)

    async def state(self) -> str:
        return str((await self.catalog.get(self.where)).json()["state"])

    async def force(self, state: str) -> None:
        """Put the solicitation into a state, whatever led there."""
        async with self.catalog.database.begin() as session:
            change = text("UPDATE solicitations SET state = :state WHERE id = :id")
            await session.execute(change, {"state": state, "id": id_of(self.where)})

    async def expire(self, at: datetime) -> None:
        """Have the deadline lie at a moment, and the clock not know."""
        async with self.catalog.database.begin() as session:
            change = text("UPDATE solicitations SET closes_at = :at WHERE id = :id")
            await session.execute(change, {"at": at, "id": id_of(self.where)})

    async def scored(self) -> tuple[str, str]:
        """Two solutions, complete and scored by both evaluators; the first one scored better."""
        await self.open()
        first, second = await self.submit(self.firm), await self.submit(self.rival)
        await self.appoint(EXPERT, PROFESSOR)
        await self.close()
        for evaluator in (self.expert, self.professor):
            assert await self.declare(evaluator) == "cleared"
        await self.done("screen")
        for solution, points in ((first, 90), (second, 60)):
            assert (await self.examine(solution)).status_code == 200
            for evaluator in (self.expert, self.professor):
                assert (await self.score(solution, evaluator, points, points)).status_code == 200
        return first, second


def declined(solution: str, reason: str = "得分较低", why: str = "lower_score") -> dict[str, str]:
    return {"solution_id": str(id_of(solution)), "code": why, "reason": reason}


def decision(chosen: list[str], *others: str) -> dict[str, Any]:
    return {"chosen": [str(id_of(one)) for one in chosen], "declined": [declined(one) for one in others]}


async def audited(catalog: CatalogUnderTest, subject: UUID) -> list[str]:
    """Steps on record, oldest first."""
    async with catalog.database.begin() as session:
        rows = text("SELECT action FROM audit WHERE subject_id = :id ORDER BY version")
        return list((await session.scalars(rows, {"id": subject})).all())


OWNER = PORT
