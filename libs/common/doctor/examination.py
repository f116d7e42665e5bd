"""Runs the checks of one service against its database and broker, in order, whatever some of them meet."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from common.bus import Bus
from common.consumption import Consumption, Handler
from common.database import Database
from common.doctor.replaying import Handlers
from common.doctor.results import CheckResult, unknown
from common.errors import Unavailable
from common.settings import ServiceSettings


@dataclass(frozen=True)
class Examined:
    """
    What a check may ask.

    name          of the service, as in `python -m <name>`
    stream        the stream that it announces its events on
    consumptions  what it reads of others
    migrations    the folder of its migrations
    """

    name: str
    settings: ServiceSettings
    database: Database
    bus: Bus
    stream: str
    consumptions: tuple[Consumption, ...]
    migrations: Path


def _none(_: Database) -> Mapping[str, Handler]:
    return {}


Check = Callable[[Examined], Awaitable[list[CheckResult]]]
"""Raises Unavailable when what it asks does not answer."""


@dataclass(frozen=True)
class Examination:
    """What to examine of a service; `checks` by the name they report under, in the order of the report.

    `handlers` apply its dead letters again; a service that reads nothing has none.
    """

    name: str
    settings: ServiceSettings
    stream: str
    consumptions: tuple[Consumption, ...]
    migrations: Path
    checks: dict[str, Check]
    handlers: Handlers = _none

    async def results(self) -> list[CheckResult]:
        """What every check found. One that needs a database or a broker that is away reports `unknown`."""
        found = []
        async with self._opened() as examined:
            for name, check in self.checks.items():
                try:
                    found += await check(examined)
                except (Unavailable, TimeoutError) as error:
                    found.append(_unexamined(name, str(error)))
                except DBAPIError as error:
                    # Tables or rights are lacking; the check of migrations says so.
                    found.append(_unexamined(name, f"the database refuses the question: {_first_line(error.orig)}"))
        return found

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Examined]:
        settings = self.settings
        database = Database(settings)
        bus = Bus.of(settings, f"{self.name}-doctor")
        bus.open()
        try:
            yield Examined(self.name, settings, database, bus, self.stream, self.consumptions, self.migrations)
        finally:
            await bus.close()
            await database.close()


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]


def _unexamined(name: str, reason: str) -> CheckResult:
    return unknown(name, f"could not be examined: {reason}", "mend what is named above first")
