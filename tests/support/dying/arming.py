"""Has a process die at the boundary that is written down for it; the services know nothing of it.

A fork server imports this before it forks. The file `$CHAOS_FOLDER/<service>-<verb>` names a boundary and how often it
is passed before that: `notify-work relay publish after 2`. Who dies adds the boundary to the file `deaths`.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from nats.aio.msg import Msg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from common import bus, runtime
from common.bus import Bus
from tests.support.dying.boundaries import ACKNOWLEDGE, COMMIT, PUBLISH, SEND

FOLDER = "CHAOS_FOLDER"
DEATHS = "deaths"
AGAIN_AFTER_S = 2
"""What a dead consumer had in hand comes again this soon, rather than after half a minute."""
_WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b|\b(INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b")
_WROTE = "jingqiao.wrote"
_of_loop: ContextVar[str] = ContextVar("of_loop", default="none")
_commits_writes: ContextVar[bool] = ContextVar("commits_writes", default=False)


def passed(act: str, when: str) -> None:
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    armed = Path(folder) / _process()
    here = f"{_process()} {_loop()} {act} {when}"
    try:
        boundary, _, left = armed.read_text().rpartition(" ")
    except FileNotFoundError:
        return
    if boundary != here:
        return
    if int(left) > 0:
        armed.write_text(f"{boundary} {int(left) - 1}")
        return
    armed.unlink()
    with (Path(folder) / DEATHS).open("a") as deaths:
        deaths.write(f"{here}\n")
    os.kill(os.getpid(), signal.SIGKILL)


def _process() -> str:
    return f"{sys.modules['__main__'].__package__}-{sys.argv[1]}"


def _loop() -> str:
    """Of the task in hand, and of those that it began; whatever answers a request is `request`."""
    return "request" if sys.argv[1] == "serve" else _of_loop.get()


def _around(owner: Any, name: str, act: str) -> None:
    """Every call of an asynchronous method passes the boundaries before and after it."""
    inner: Callable[..., Any] = getattr(owner, name)

    async def outer(*arguments: Any, **named: Any) -> Any:
        passed(act, "before")
        said = await inner(*arguments, **named)
        passed(act, "after")
        return said

    setattr(owner, name, outer)


@event.listens_for(Engine, "before_cursor_execute")
def _note_writes(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if _WRITES.search(statement):
        connection.info[_WROTE] = True


@event.listens_for(Engine, "commit")
def _before_commit(connection: Connection) -> None:
    has_written = connection.info.pop(_WROTE, False)
    _commits_writes.set(has_written)
    if has_written:
        passed(COMMIT, "before")


@event.listens_for(Session, "after_commit")
def _after_commit(_session: Session) -> None:
    if _commits_writes.get():
        _commits_writes.set(False)
        passed(COMMIT, "after")


@event.listens_for(Engine, "rollback")
def _forget_writes(connection: Connection) -> None:
    connection.info.pop(_WROTE, None)


def _named_loops() -> None:
    """SQLAlchemy commits in tasks of its own: these know by their context whose they are."""
    inner = runtime.keep_running

    async def keep_running(name: str, *arguments: Any, **named: Any) -> None:
        _of_loop.set(re.sub(r"-\d+$", "", name))
        await inner(name, *arguments, **named)

    vars(runtime)["keep_running"] = keep_running


def arm_everything() -> None:
    from notify.egress import Egress

    bus.ACK_WAIT_S = AGAIN_AFTER_S
    _named_loops()
    _around(Bus, "publish_many", PUBLISH)
    _around(Msg, "ack", ACKNOWLEDGE)
    _around(Egress, "post", SEND)


arm_everything()
