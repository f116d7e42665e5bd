"""The verb `suppress`: addresses that are not written to any more, put on the list and taken off by hand."""

import argparse
import asyncio
import sys

from common import logs
from common.clock import now
from common.database import Database
from common.errors import Unavailable
from notify.settings import NotifySettings
from notify.suppressions import repository, service
from notify.suppressions.rules import AddressHashes, AddressKind, SuppressionReason


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="add|lift|check|count")
    add = what.add_parser("add", help="write to an address no more")
    add.add_argument("--reason", type=SuppressionReason, choices=list(SuppressionReason), default="request")
    lift = what.add_parser("lift", help="write to it again")
    check = what.add_parser("check", help="say whether it is on the list")
    for each in (add, lift, check):
        each.add_argument(
            "address", metavar="ADDRESS", help="such as someone@example.com; - reads one a line from the input"
        )
    what.add_parser("count", help="say how many there are, by reason; the list holds hashes, and names nobody")


def run(asked: argparse.Namespace, settings: NotifySettings) -> None:
    """Exits with a line that says why when the database does not answer, a key is missing or it is no address."""
    logs.configure("notify-suppress", "CRITICAL")
    try:
        sys.stdout.write(asyncio.run(_done(asked, settings)))
    except (Unavailable, LookupError, ValueError) as error:
        sys.exit(str(error))


async def _done(asked: argparse.Namespace, settings: NotifySettings) -> str:
    database = Database(settings)
    try:
        if asked.what == "count":
            return await _counted(database)
        return "".join([await _one(database, service.hashes_of(settings), asked, each) for each in _addresses(asked)])
    finally:
        await database.close()


def _addresses(asked: argparse.Namespace) -> list[str]:
    return [line for line in sys.stdin.read().split() if line] if asked.address == "-" else [asked.address]


async def _one(database: Database, hashes: AddressHashes, asked: argparse.Namespace, address: str) -> str:
    async with database.begin() as session:
        match asked.what:
            case "add":
                is_new = await service.suppress(session, hashes, address, SuppressionReason(asked.reason), now())
                return "suppressed\n" if is_new else "suppressed before\n"
            case "lift":
                return "written to again\n" if await service.lift(session, hashes, address) else "not on the list\n"
        found = await repository.found(session, hashes.every(AddressKind.EMAIL, address))
        return f"suppressed since {found.suppressed_at:%Y-%m-%d}: {found.reason}\n" if found else "not on the list\n"


async def _counted(database: Database) -> str:
    async with database.reading() as session:
        counts = await repository.counts(session)
    return "".join(f"{kind} {reason}: {count}\n" for kind, reason, count in counts) or "Nobody is on the list.\n"
