"""`python -m <service> dead-letters`: lists events that could not be applied, or applies them again."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from common import correlation, dead_letters, logs
from common.bus import Handler
from common.clock import now
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
    parser.add_argument("--replay", metavar="ID|all", type=_which, help="apply one of them again, or every one")


def _which(said: str) -> str:
    if said == EVERY or said.isdecimal():
        return said
    raise argparse.ArgumentTypeError(f"{said!r} is neither the number of a dead letter nor `{EVERY}`")


def run(arguments: argparse.Namespace, service: str, settings: ServiceSettings, handlers: Handlers) -> None:
    """The verb. Exits with 1 when something could not be applied, or there is no such letter."""
    logs.configure(f"{service}-dead-letters", "CRITICAL")
    lines, is_well = asyncio.run(_done(arguments.replay, settings, handlers))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(0 if is_well else 1)


async def _done(which: str | None, settings: ServiceSettings, handlers: Handlers) -> tuple[list[str], bool]:
    database = Database(settings)
    try:
        if which is None:
            rows = await _chosen(database, None)
            return [_line(row) for row in rows] or ["There are no dead letters."], True
        done = await replay(database, handlers(database), None if which == EVERY else int(which))
        return [one.in_words() for one in done] or ["There is nothing to replay."], not any(one.failure for one in done)
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


def _line(row: DeadLetterRow) -> str:
    size = f"{row.size_bytes} bytes" if row.is_whole else f"the first {len(row.body)} of {row.size_bytes} bytes"
    where = f"{row.subject}, {row.stream} {row.stream_seq}, {size}"
    return f"{row.id}  {row.buried_at:%Y-%m-%d %H:%M:%SZ}  {row.consumer}: {row.reason}  ({where})"
