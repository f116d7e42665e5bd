"""The archive of changes: PostgreSQL's log, copied as it is written, which leads on from a base backup."""

import os
import re
import shutil
from pathlib import Path

from deploy.backup import timelines
from deploy.backup.containers import ContainerServer
from deploy.backup.server import Server, program
from deploy.backup.timelines import History
from deploy.embedded.errors import Refused

SLOT = "jingqiao_archive"
"""Has the server keep what is not archived yet, as far as its `max_slot_wal_keep_size` allows."""
GIVEN_UP = "wal-given-up"
"""The folder beside the archive for changes that a restore went back before."""
SEGMENT = re.compile(r"(?P<timeline>[0-9A-F]{8})(?P<place>[0-9A-F]{16})(?P<partial>\.partial)?")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
SEGMENTS_OF_ALL = 2**32
"""Bytes of one "log": the last eight digits of a segment's name count the segments in it."""


def folder(store: Path) -> Path:
    return store / "wal"


def archive(server: Server, store: Path) -> None:
    """Become the program that copies changes as they are made, until it is told to stop. Raises Refused."""
    into = folder(store)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    _give_up(timelines.of(server), store)
    receive = str(program("pg_receivewal"))
    server.run("pg_receivewal", "--create-slot", "--if-not-exists", f"--slot={SLOT}", "--no-password")
    # --synchronous: on disk before the server is told so, which is what `archived_to` of an operator means.
    argv = [receive, "-D", str(into), f"--slot={SLOT}", "--synchronous", "--status-interval=1", "--no-password"]
    os.execve(receive, argv, dict(server.env()))


def _give_up(history: History, store: Path) -> None:
    """Put aside what is archived of changes that the server has not gone through: it was taken back to a moment before
    them. The archive would go on after the last of them, which the server never reaches."""
    for path in sorted(folder(store).iterdir()):
        found = SEGMENT.fullmatch(path.name)
        if found is None:
            continue
        end = history.ends.get(int(found["timeline"], 16), -1)
        # Of the segment in which the server turned off, one in hand is begun again; a whole one would pass for done.
        if int(found["place"], 16) + (found["partial"] is None) > end:
            aside = store / GIVEN_UP / found["timeline"]
            aside.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.rename(aside / path.name)


def is_running(server: Server | ContainerServer) -> bool:
    """Whether the server's changes are being archived now."""
    return server.ask(f"SELECT 1 FROM pg_replication_slots WHERE slot_name = '{SLOT}' AND active") != []  # nosec B608  # a constant


def gap(store: Path, base: Path) -> str | None:
    """The first segment missing between a base backup's own and the newest archived; None when all are there."""
    starts = _segments(base / "pg_wal")
    archived = _segments(folder(store))
    later = sorted(place for place in archived if place > max(starts))
    size = next((path.stat().st_size for path in archived.values()), 1)
    wanted = max(starts)
    for place in later:
        wanted = _after(wanted, size)
        if place != wanted:
            return f"{wanted:016X}"
    return None


def lend(store: Path, base: Path, to: Path) -> int:
    """Copy into `to` what leads on from a base backup, for recovery to read; returns how many segments."""
    to.mkdir(mode=0o700)
    first = min(_segments(base / "pg_wal"))
    lent = 0
    for path in sorted(folder(store).iterdir()) if folder(store).exists() else ():
        found = SEGMENT.fullmatch(path.name)
        if found and int(found["place"], 16) >= first:
            # The one in hand when the archive stopped is as long as the others and ends in zeros: read it, too.
            name = found["timeline"] + found["place"]
            if not (to / name).exists():
                shutil.copy(path, to / name)
                lent += 1
        elif HISTORY.fullmatch(path.name):
            shutil.copy(path, to / path.name)
    return lent


def drop_before(store: Path, base: Path) -> int:
    """Remove archived changes that are older than a base backup needs; returns how many segments."""
    first = min(_segments(base / "pg_wal"))
    old = [path for place, path in _segments(folder(store)).items() if place < first]
    for path in old:
        path.unlink()
    return len(old)


def _segments(within: Path) -> dict[int, Path]:
    """By their place in the log, whichever the timeline. Raises Refused when there are none in a base backup."""
    if not within.exists():
        return {}
    found = [(SEGMENT.fullmatch(path.name), path) for path in sorted(within.iterdir())]
    segments = {int(match["place"], 16): path for match, path in found if match}
    if not segments and within.name == "pg_wal":
        raise Refused(f"{within} holds no segment of the log")
    return segments


def _after(place: int, size: int) -> int:
    log, segment = divmod(place, 2**32)
    return place + 1 if segment + 1 < SEGMENTS_OF_ALL // size else (log + 1) * 2**32
