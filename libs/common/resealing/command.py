"""The verb `seal`: after keys came, or changed."""

import argparse
import asyncio
import sys

from sqlalchemy import MetaData

from common.database import Database
from common.resealing.service import reseal
from common.settings import ServiceSettings


def run(_: argparse.Namespace, settings: ServiceSettings, own: MetaData) -> int:
    """Returns 1 when something could not be opened, 2 without keys."""
    if not settings.secret_keys:
        sys.stderr.write("SECRET_KEYS is empty: nothing can be sealed\n")
        return 2
    return asyncio.run(_run(settings, own))


async def _run(settings: ServiceSettings, own: MetaData) -> int:
    database = Database(settings)
    try:
        results = await reseal(database, own)
    finally:
        await database.close()
    for one in results:
        shut = f", {one.shut_count} that no key opens" if one.shut_count else ""
        sys.stdout.write(f"{one.table}: {one.done_count} sealed with the newest key{shut}\n")
    return int(any(one.shut_count for one in results))
