"""The verb `own-data`: what one organisation gave, exported or erased by an operator."""

import argparse
import asyncio
import sys
from pathlib import Path

from common.database import Database
from common.fields import OrganisationKey
from common.own_data import service
from common.own_data.table import own_tables
from common.settings import ServiceSettings


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("export", "erase"), help="write all of it as JSON Lines, or erase contacts")
    parser.add_argument("scheme", help="the register of the organisation's code, such as uscc")
    parser.add_argument("code", help="its code there")


def run(arguments: argparse.Namespace, settings: ServiceSettings, home: Path) -> int:
    """`home` is the folder of the service. Returns 1 when it has nothing of the organisation."""
    return asyncio.run(_run(arguments, settings, home))


async def _run(arguments: argparse.Namespace, settings: ServiceSettings, home: Path) -> int:
    organisation = OrganisationKey(scheme=arguments.scheme, code=arguments.code)
    database, tables, count = Database(settings), own_tables(home), 0
    try:
        async with database.begin() as session:
            if arguments.what == "erase":
                for name, changed in (await service.erase(session, tables, organisation)).items():
                    sys.stdout.write(f"{name}: {changed}\n")
                    count += changed
            else:
                async for line in service.given(session, tables, organisation):
                    sys.stdout.buffer.write(line)
                    count += 1
    finally:
        await database.close()
    return int(count == 0)
