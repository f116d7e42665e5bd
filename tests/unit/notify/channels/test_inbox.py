"""The task that wakes streams goes on whatever breaks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from unittest.mock import Mock

import asyncpg
import pytest
from starlette.datastructures import State

from notify.channels.inbox import Inbox
from notify.deliveries import repository
from notify.settings import NotifySettings

FAULTS = [asyncpg.InterfaceError("connection is closed"), TimeoutError()]


@pytest.mark.parametrize("fault", FAULTS, ids=["lost", "hung"])
async def test_the_task_that_wakes_streams_is_started_again(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    again, faults = asyncio.Event(), [fault]

    @asynccontextmanager
    async def listening(*_: object) -> AsyncIterator[Mock]:
        if faults:
            raise faults.pop()
        again.set()
        yield Mock()

    monkeypatch.setattr(repository, "listening", listening)
    state = State({"database": SimpleNamespace(dsn=""), "is_stopping": False})
    inbox = Inbox(state, NotifySettings(database_url="postgresql://notify@localhost/notify"))
    stop = asyncio.Event()
    task = asyncio.create_task(inbox.run(stop))
    await asyncio.wait([task, waited := asyncio.create_task(again.wait())], timeout=10, return_when="FIRST_COMPLETED")
    assert (waited.done(), task.done()) == (True, False)
    stop.set()
    await asyncio.wait_for(task, timeout=10)
