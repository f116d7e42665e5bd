"""The verb `credentials`: issues, revokes and lists what organisations connect to the broker with."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from common import logs, private_file
from common.broker_access import Access
from common.broker_claims import ServerClaims
from common.bus import Bus
from common.clock import now
from common.database import Database
from common.errors import Unavailable
from common.fields import OrganisationKey
from notify.credentials import service
from notify.credentials.keys import BrokerKeys
from notify.credentials.models import Credential
from notify.credentials.upkeep import reading_of
from notify.settings import NotifySettings


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="issue|revoke|list|synchronise")
    issue = what.add_parser("issue", help="print new credentials of an organisation; those it has stay good")
    issue.add_argument(
        "organisation", type=_organisation, metavar="SCHEME.CODE", help="such as uscc.91370200264574251E"
    )
    issue.add_argument("--out", type=Path, metavar="FILE", help="write them to a file of its owner's alone instead")
    revoke = what.add_parser("revoke", help="end every credential of an organisation, and its connections")
    revoke.add_argument("organisation", type=_organisation, metavar="SCHEME.CODE")
    what.add_parser("list", help="print who holds which public key since when")
    what.add_parser("synchronise", help="tell a broker of all revocations that has lost its disk")


def _organisation(said: str) -> OrganisationKey:
    scheme, _, code = said.partition(".")
    try:
        return OrganisationKey(scheme=scheme, code=code)
    except ValidationError as error:
        reasons = "; ".join(str(fault["msg"]) for fault in error.errors())
        raise argparse.ArgumentTypeError(f"{said!r} names no organisation: {reasons}") from None


def run(asked: argparse.Namespace, settings: NotifySettings) -> None:
    """Exits with a line that says why when the database or the broker does not answer, or keys are missing."""
    logs.configure("notify-credentials", "CRITICAL")
    try:
        sys.stdout.write(asyncio.run(_done(asked, settings)))
    except Unavailable as error:
        sys.exit(str(error))


async def _done(asked: argparse.Namespace, settings: NotifySettings) -> str:
    async with opened(settings) as desk:
        match asked.what:
            case "issue":
                return _handed_out(await desk.issue(asked.organisation), asked.out)
            case "revoke":
                return f"{await desk.revoke(asked.organisation)} revoked\n"
            case "synchronise":
                return await desk.synchronise()
    return await desk.listed()


@dataclass(frozen=True)
class CredentialsDesk:
    """What a person does with credentials, each in one transaction."""

    settings: NotifySettings
    database: Database
    bus: Bus

    async def issue(self, organisation: OrganisationKey) -> str:
        async with self.database.begin() as session:
            file = await service.issue(session, self._keys(), organisation, now())
        await self._connected()
        await self.bus.create_consumer(reading_of(organisation))
        return file

    async def revoke(self, organisation: OrganisationKey) -> int:
        """The consumer goes too: one that is issued credentials again reads from the beginning."""
        async with self.database.begin() as session:
            count = await service.revoke(session, self._keys(), self._servers(), organisation, now())
        await self._connected()
        reading = reading_of(organisation)
        await self.bus.delete_consumer(reading.stream, reading.durable)
        return count

    async def synchronise(self) -> str:
        async with self.database.begin() as session:
            await service.synchronise(session, self._keys(), self._servers(), now())
        return "The broker knows of every revocation.\n"

    async def listed(self) -> str:
        async with self.database.begin() as session:
            rows = await service.every(session)
        return "".join(f"{_line(row)}\n" for row in rows) or "No credentials were issued.\n"

    async def _connected(self) -> None:
        try:
            await self.bus.wait_connected(within_s=self.settings.connect_timeout_s)
        except TimeoutError as error:
            raise Unavailable("The message broker does not answer") from error

    def _keys(self) -> BrokerKeys:
        if self.settings.nats_keys is None:
            raise Unavailable("NOTIFY_NATS_KEYS is not set: it names the folder of the broker's keys")
        return BrokerKeys.read(self.settings.nats_keys)

    def _servers(self) -> ServerClaims:
        platform = self.settings.platform
        access = Access(self._keys().system, platform.nats_ca)
        return ServerClaims(platform.nats_url, access, timeout_s=self.settings.connect_timeout_s)


@asynccontextmanager
async def opened(settings: NotifySettings) -> AsyncIterator[CredentialsDesk]:
    database, bus = Database(settings), Bus.of(settings, "notify-credentials")
    bus.open()
    try:
        yield CredentialsDesk(settings, database, bus)
    finally:
        await bus.close()
        await database.close()


def _line(row: Credential) -> str:
    who = f"{row.organisation_scheme}.{row.organisation_code}"
    until = f"  revoked {row.revoked_at:%Y-%m-%d %H:%MZ}" if row.revoked_at else ""
    return f"{who}  {row.public_key}  issued {row.issued_at:%Y-%m-%d %H:%MZ}{until}"


def _handed_out(file: str, out: Path | None) -> str:
    if out is None:
        return file
    private_file.write(out, file)
    return f"{out}\n"
