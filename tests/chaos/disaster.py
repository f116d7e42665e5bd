"""All is lost while demands are published, and comes back from the last backup and the changes archived since."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.chaos import storm, texts
from tests.chaos.persistence import Persistent
from tests.chaos.storm import Aftermath, Publishing
from tests.support.eventually import eventually
from tests.support.parties import Party, town
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack

STEPS_EACH = 60
PATIENCE_S = 300.0


@dataclass
class Disaster:
    """
    aftermath  of the demands that had to survive, and of those published afterwards
    safe       demands that were answered as published when the archive was known to hold it
    owned      what the catalog lists at the end
    """

    aftermath: Aftermath
    safe: set[str]


class Unsure(Publishing):
    """Gives up a demand whose draft the catalog has forgotten: it was made after the last archived change."""

    async def _publish(self, number: int) -> None:
        try:
            await super()._publish(number)
        except AssertionError as error:
            if ": 404 " not in str(error):
                raise


async def survived(stack: LiveStack, store: Path, receiver: Receiver) -> Disaster:
    transport = Persistent(patience_s=PATIENCE_S)
    async with town(stack, transport) as people, storm.subscribers(stack.broker, people, receiver) as subscribers:
        agency = people.agency()
        publishing, ended = Unsure(agency), asyncio.Event()
        running = asyncio.create_task(_publish_until(ended, publishing))
        try:
            async with _archiving(stack, store):
                await _used(publishing)
                await _command(stack, store, "create")
                await _used(publishing)
                safe = set(publishing.published)
                await _is_archived(stack)
                stack.destroy()
            await _command(stack, store, "verify")
            await _command(stack, store, "restore")
            before = set(publishing.published)
            stack.start_all()
            await _used(publishing)
        except BaseException:
            running.cancel()
            raise
        ended.set()
        await running
        return await _looked_at(agency, publishing, subscribers, safe, before)


async def _looked_at(
    agency: Party, publishing: Publishing, subscribers: list[storm.Subscriber], safe: set[str], before: set[str]
) -> Disaster:
    calm = {(await agency.publish(texts.demand(number)))["id"]: number for number in range(texts.DISTINCT)}
    kept = {one: number for one, number in publishing.published.items() if one in safe or one not in before}
    # What was published after the last look at the archive may be in it or not.
    aftermath = Aftermath(kept, calm, [], subscribers, 0, frozenset(publishing.published.keys() - kept.keys()))
    await storm.settled(agency, aftermath, PATIENCE_S)
    return Disaster(aftermath, safe)


async def _used(publishing: Publishing) -> None:
    wanted = publishing.steps_count + STEPS_EACH
    await eventually(partial(publishing.has_come_to, wanted), within=PATIENCE_S)


async def _publish_until(ended: asyncio.Event, publishing: Publishing) -> None:
    number = 0
    while not ended.is_set():
        await publishing.run(range(number, number + storm.AT_ONCE))
        number += storm.AT_ONCE


def command(home: Path, store: Path, *verb: str) -> Sequence[str]:
    return [sys.executable, "-m", "deploy.backup", "--home", str(home), "--store", str(store), *verb]


async def _command(stack: LiveStack, store: Path, *verb: str) -> None:
    argv = command(stack.home, store, *verb)
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@asynccontextmanager
async def _archiving(stack: LiveStack, store: Path) -> AsyncIterator[None]:
    child = await asyncio.create_subprocess_exec(*command(stack.home, store, "archive"))
    try:
        await eventually(partial(_archives, stack), within=60)
        yield
    finally:
        child.kill()
        await child.wait()


async def _archives(stack: LiveStack) -> bool:
    return await asyncio.to_thread(stack.sql, "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'") == "1"


async def _is_archived(stack: LiveStack) -> None:
    """Wait until all that was committed by now is on the archive's disk."""
    now = await asyncio.to_thread(stack.sql, "SELECT pg_current_wal_lsn()")
    flushed = f"SELECT flush_lsn >= '{now}' FROM pg_stat_replication WHERE application_name = 'jingqiao-backup'"
    await eventually(partial(_says_true, stack, flushed), within=60)


async def _says_true(stack: LiveStack, question: str) -> bool:
    return await asyncio.to_thread(stack.sql, question) == "t"
