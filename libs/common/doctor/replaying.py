"""Lists the dead letters of a service, and applies them again once the reason is gone."""

import argparse
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from common import correlation, dead_letters
from common.clock import now
from common.consumption import Handler
from common.contracts.envelope import Envelope, Unreadable, being_read
from common.database import Database
from common.dead_letters import DeadLetterRow
from common.errors import Problem
from common.settings import ServiceSettings

log = structlog.get_logger()
EVERY = "all"
Handlers = Callable[[Database], Mapping[str, Handler]]
"""The handler of each consumer of a service, by the consumer's name."""


@dataclass(frozen=True)
class Replayed:
    """What became of one dead letter: applied, or why not."""

    id: int
    failure: str | None = None

    def in_words(self) -> str:
        return f"{self.id}  applied" if self.failure is None else f"{self.id}  not applied: {self.failure}"


def configure(parser: argparse.ArgumentParser) -> None:
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--dead-letters", action="store_true", help="list the events that could not be applied")
    instead.add_argument("--replay", metavar="ID|all", type=_which, help="apply one of these again, or every one")


def _which(said: str) -> str:
    if said == EVERY or said.isdecimal():
        return said
    raise argparse.ArgumentTypeError(f"{said!r} is neither the number of a dead letter nor `{EVERY}`")


async def listed(settings: ServiceSettings) -> tuple[list[str], bool]:
    """A line for each dead letter that waits, oldest first; and that this went well."""
    async with _opened(settings) as database:
        rows = await _chosen(database, None)
        return [in_words(row) for row in rows] or ["There are no dead letters."], True


async def replayed(which: str, settings: ServiceSettings, handlers: Handlers) -> tuple[list[str], bool]:
    """A line for each dead letter that `which` names, and whether all were applied."""
    async with _opened(settings) as database:
        done = await replay(database, handlers(database), None if which == EVERY else int(which))
        return [one.in_words() for one in done] or ["There is nothing to replay."], not any(one.failure for one in done)


@asynccontextmanager
async def _opened(settings: ServiceSettings) -> AsyncIterator[Database]:
    database = Database(settings)
    try:
        yield database
    finally:
        await database.close()


async def replay(database: Database, handlers: Mapping[str, Handler], letter_id: int | None) -> list[Replayed]:
    """Apply one dead letter, or all that wait, oldest first; the inbox sees to it that none has its effect twice.

    What fails again stays as it is.
    """
    rows = await _chosen(database, letter_id)
    if letter_id is not None and not rows:
        return [Replayed(letter_id, "there is no such dead letter")]
    return [await _replay_one(database, handlers, row) for row in rows]


async def _chosen(database: Database, letter_id: int | None) -> Sequence[DeadLetterRow]:
    async with database.begin() as session:
        if letter_id is None:
            return await dead_letters.waiting(session)
        row = await dead_letters.find(session, letter_id)
        return [row] if row else []


async def _replay_one(database: Database, handlers: Mapping[str, Handler], row: DeadLetterRow) -> Replayed:
    handle = handlers.get(row.consumer)
    if handle is None:
        return Replayed(row.id, f"this service has no consumer {row.consumer}")
    if not row.is_whole:
        return Replayed(row.id, f"only its first {len(row.body)} bytes are kept; take it from the stream")
    try:
        with being_read():
            envelope = Envelope.model_validate_json(row.body)
        correlation.bind(envelope.correlationid)
        await handle(envelope)
    # A command's edge: one letter that fails again keeps none of the others from being tried.
    except Exception as error:
        log.warning("replay_failed", letter_id=row.id, exc_info=None if isinstance(error, Unreadable) else error)
        return Replayed(row.id, str(error) if isinstance(error, Problem | Unreadable) else type(error).__name__)
    async with database.begin() as session:
        await dead_letters.mark_replayed(session, row.id, now())
    return Replayed(row.id)


def in_words(row: DeadLetterRow) -> str:
    size = f"{row.size_bytes} bytes" if row.is_whole else f"the first {len(row.body)} of {row.size_bytes} bytes"
    where = f"{row.subject}, {row.stream} {row.stream_seq}, {size}"
    return f"{row.id}  {row.buried_at:%Y-%m-%d %H:%M:%SZ}  {row.consumer}: {row.reason}  ({where})"
