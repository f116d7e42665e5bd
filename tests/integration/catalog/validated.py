"""Who takes part in a validation, and what they send."""

from datetime import timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalog.test_beds.schemas import EXAMPLE
from common import signatures
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, id_of

HOST, FIRM, OTHER_FIRM = "12370200MB2X00011L", "91370200MA3F00001E", "91370200MA3F00002H"
REPORT = b"%PDF-1.7\n" + bytes(range(256)) * 20
BEGINS = now().replace(microsecond=0) + timedelta(days=30)


def times(day: int = 0, hours: int = 8) -> dict[str, str]:
    """A slot so many days after BEGINS."""
    starts_at = BEGINS + timedelta(days=day)
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=hours)).isoformat()}


class Parties:
    """The tokens of host and firms, and the host's key."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog
        self.host = catalog.token(HOST, "港口测试中心（示例）", "publisher")
        self.firm = catalog.token(FIRM, "甲公司（示例）", "enterprise")
        self.other_firm = catalog.token(OTHER_FIRM, "乙公司（示例）", "enterprise")
        self.key = Ed25519PrivateKey.generate()

    @property
    def key_id(self) -> str:
        return signatures.thumbprint(signatures.x_of(self.key))

    async def register(self, key: Ed25519PrivateKey | None = None, *, as_: Headers | None = None) -> str:
        """Path of a new signing key of the host's."""
        body = signatures.jwk(signatures.x_of(key or self.key))
        reply = await self.catalog.post("/v1/signing-keys", body, as_=as_ or self.host)
        assert reply.status_code == 201, reply.text
        return str(reply.headers["location"])

    async def open_bed(self, **changes: Any) -> str:
        """Path of a new test bed."""
        reply = await self.catalog.post("/v1/test-beds", {**EXAMPLE, **changes}, as_=self.host)
        assert reply.status_code == 201, reply.text
        return str(reply.headers["location"])

    async def offer(self, bed: str, *slots: dict[str, str]) -> list[str]:
        """Ids of new slots."""
        reply = await self.catalog.post(f"{bed}/slots", {"slots": slots}, as_=self.host)
        assert reply.status_code == 201, reply.text
        return [one["id"] for one in reply.json()["slots"]]


class Case(Parties):
    """One validation, step by step: of a demand of the port, by the firm, at the host's bed."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        super().__init__(catalog)
        self.bed = self.where = ""

    async def ask(self, **changes: Any) -> httpx.Response:
        """At a new bed of two seats, on a new demand."""
        demand = changes.pop("demand", None) or await self.catalog.a_published_demand()
        self.bed = self.bed or await self.open_bed()
        body = {
            "demand_id": str(id_of(demand)),
            "test_bed_id": str(id_of(self.bed)),
            "subject": "融合定位终端 V3",
            **changes,
        }
        return await self.catalog.post("/v1/validations", body, as_=self.firm)

    async def asked(self, **changes: Any) -> str:
        reply = await self.ask(**changes)
        assert reply.status_code == 201, reply.text
        self.where = reply.headers["location"]
        return self.where

    async def do(self, step: str, body: Any = None, *, as_: Headers | None = None) -> httpx.Response:
        return await self.catalog.post(f"{self.where}/{step}", body, as_=as_ or self.host)

    async def done(self, step: str, body: Any = None, *, as_: Headers | None = None) -> dict[str, Any]:
        reply = await self.do(step, body, as_=as_)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def started(self, **changes: Any) -> None:
        """Approved, scheduled and begun."""
        await self.asked(**changes)
        await self.done("approve")
        [slot] = await self.offer(self.bed, times())
        await self.done("schedule", {"slot_id": slot}, as_=self.firm)
        await self.done("start")

    async def measure(self, *measured: float | None) -> httpx.Response:
        tag = (await self.catalog.get(self.where, as_=self.host)).headers["etag"]
        body = {"measured": measured}
        return await self.catalog.put(f"{self.where}/measurements", body, as_=self.host, If_Match=tag)

    async def attach(self, content: bytes = REPORT, *, as_: Headers | None = None) -> httpx.Response:
        headers = {**(as_ or self.host), "Content-Type": "application/pdf"}
        return await self.catalog.http.put(f"{self.where}/report/检验报告.pdf", content=content, headers=headers)

    async def result(self, *, as_: Headers | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (await self.catalog.get(f"{self.where}/result", as_=as_)).json()
        return found

    async def signature(self, key: Ed25519PrivateKey | None = None) -> dict[str, str]:
        """The host's, of the result as it is now."""
        document = (await self.result(as_=self.host))["result"]
        key = key or self.key
        return {"key_id": signatures.thumbprint(signatures.x_of(key)), "value": signatures.sign(key, document)}

    async def reported(self, measured: float = 4.2, **changes: Any) -> str:
        """With a registered key; path of the key."""
        key = await self.register()
        await self.started(**changes)
        assert (await self.measure(measured)).status_code == 200
        assert (await self.attach()).status_code == 200
        await self.done("sign", await self.signature())
        return key

    async def accepted(self, **changes: Any) -> str:
        key = await self.reported(**changes)
        await self.done("accept", as_=self.catalog.port)
        return key

    async def state(self) -> str:
        return str((await self.catalog.get(self.where, as_=self.host)).json()["state"])
