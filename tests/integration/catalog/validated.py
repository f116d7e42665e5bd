"""Who takes part in a validation, and what they send."""

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalog.test_beds.schemas import EXAMPLE
from common import signatures
from common.clock import now
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers

HOST, FIRM, OTHER_FIRM = "12370200MB2X00011L", "91370200MA3F00001E", "91370200MA3F00002H"
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
