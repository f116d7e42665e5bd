"""Reads and commits imports in the background, batch by batch; killed anywhere, it goes on where it must."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from pydantic import BaseModel
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.clock import now
from common.database import Database
from common.errors import Problem
from common.imports import repository, rules
from common.imports.models import Import
from common.imports.noun import Context, Noun, RefusedRow
from common.imports.reading import FileReading, ReadRow, met, sheet_report, stored
from common.imports.repository import UncommittedRow
from common.imports.rules import ImportAction, ImportParty, ImportState, RowState
from common.imports.settings import ImportSettings
from common.imports.understanding import Body, Remark, RemarkLevel, checked, schema_digest
from common.sheets.opening import opened
from common.sheets.refusals import UnreadableFile
from common.tracks import Tracks
from common.waiting import first_of

log = structlog.get_logger()
BATCH = 1000
_WORKER = {ImportParty.WORKER}


def _count(mine: Import, state: RowState, more: int) -> None:
    name = f"{state}_count"
    setattr(mine, name, getattr(mine, name) + more)


class ReadyRow(NamedTuple):
    """A row that is to be committed. `prepared` is what its noun has made ready, or RefusedRow."""

    number: int
    state: RowState
    content: Body
    prepared: Any


class _Lost(Exception):
    """Another worker has taken the import over."""


class Importing:
    """The loop of one service: what its imports become is the noun's to say."""

    def __init__(self, database: Database, noun: Noun[Any], settings: ImportSettings, tracks: Tracks) -> None:
        self._database, self._noun, self._settings, self._tracks = database, noun, settings, tracks

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not await self.step(stop):
                await first_of(stop, within_s=self._settings.import_every_s)

    async def step(self, stop: asyncio.Event | None = None) -> bool:
        """Claim one import and work on it to its end, or until told to stop; whether there was one."""
        at = now()
        async with self._database.begin() as session:
            await repository.forget(session, at - timedelta(days=self._settings.import_days))
            found = await repository.claim(session, at, lease_s=self._settings.import_lease_s)
        if found is None:
            return False
        try:
            await self._worked(found, stop or asyncio.Event())
        except UnreadableFile as error:
            await self._refuse(found, error)
        except _Lost:
            log.warning("import_taken_over", id=str(found.id))
        return True

    async def _worked(self, found: Import, stop: asyncio.Event) -> None:
        is_given_up = found.attempt_count > rules.MOST_TRIES
        if found.state is ImportState.COMMITTING:
            await (self._hand_back(found) if is_given_up else self._commit(found, stop))
        elif is_given_up:
            raise UnreadableFile(
                "Reading this file failed several times; save it anew as .xlsx, or as .csv",
                "该文件多次读取失败，请另存为 .xlsx 或 .csv 后重新上传",
            )
        else:
            await self._read(found, stop)

    def _context(self, found: Import) -> Context:
        return Context(Principal.model_validate(found.caller), found.kind, now(), self._tracks)

    async def _held(self, session: AsyncSession, found: Import) -> Import:
        """The import's row, locked; every batch renews the lease with it. Raises _Lost."""
        lease_s = self._settings.import_lease_s
        mine = await repository.held(session, found.id, found.attempt_count, now(), lease_s=lease_s)
        if mine is None:
            raise _Lost
        return mine

    def _moved(self, mine: Import, action: ImportAction, at: datetime) -> None:
        mine.state = rules.LIFE.moved(mine.state, action, by=_WORKER, at=at).after
        mine.updated_at = at

    async def _read(self, found: Import, stop: asyncio.Event) -> None:
        content, limits = found.content or b"", self._settings.file_limits
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            self._moved(mine, ImportAction.BEGIN, now())
            mine.good_count = mine.warned_count = mine.bad_count = mine.same_count = 0
            await repository.clear(session, found.id)
        tables = await asyncio.to_thread(opened, content, limits)
        reading = FileReading(tables, self._noun, self._context(found), limits)
        batches = reading.batches(BATCH)
        # The next batch is read while this one is stored.
        coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
        while batch := await coming:
            coming = asyncio.create_task(asyncio.to_thread(next, batches, None))
            try:
                await self._keep(found, reading, batch)
            except BaseException:
                await asyncio.wait([coming])
                raise
            if stop.is_set():
                await asyncio.wait([coming])
                await self._give_back(found)
                return
        await self._report(found, reading)

    async def _keep(self, found: Import, reading: FileReading, batch: Sequence[ReadRow]) -> None:
        good = [row for row in batch if row.state is not RowState.BAD]
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            twins = await self._noun.twins(session, reading.context.caller, [row.body for row in good])
            for row, twin in zip(good, twins, strict=True):
                met(row, twin)
            await repository.copy(session, found.id, [stored(row) for row in batch])
            mine.format, mine.row_total, mine.updated_at = reading.tables.kind, reading.row_total, now()
            for row in batch:
                _count(mine, row.state, 1)

    async def _report(self, found: Import, reading: FileReading) -> None:
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            self._moved(mine, ImportAction.REPORT, now())
            mine.sheets = [sheet_report(sheet) for sheet in reading.sheets]
            mine.schema_digest = schema_digest(self._noun.schema)
            mine.format, mine.row_total = reading.tables.kind, reading.row_total
            mine.content = mine.leased_until = None
        log.info("import_read", id=str(found.id), good=mine.good_count, bad=mine.bad_count)

    async def _commit(self, found: Import, stop: asyncio.Event) -> None:
        context = self._context(found)
        coming = asyncio.create_task(self._next_rows(found, context, 0))
        while batch := await coming:
            # The next rows are made ready while the database stores these.
            coming = asyncio.create_task(self._next_rows(found, context, batch[-1].number))
            try:
                await self._commit_batch(found, context, batch)
            except BaseException:
                await asyncio.wait([coming])
                raise
            if stop.is_set():
                await asyncio.wait([coming])
                await self._give_back(found)
                return
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            self._moved(mine, ImportAction.FINISH, now())
            mine.leased_until = None
        log.info("import_committed", id=str(found.id), count=mine.committed_count)

    async def _next_rows(self, found: Import, context: Context, after: int) -> list[ReadyRow]:
        """Rows to be committed, each with what its noun can make ready before it has the database."""
        async with self._database.reading() as session:
            rows = await repository.uncommitted(session, found.id, after=after, limit=BATCH)
        return await asyncio.to_thread(self._ready, found, context, rows)

    def _ready(self, found: Import, context: Context, rows: Sequence[UncommittedRow]) -> list[ReadyRow]:
        bodies = [from_json(row.content) for row in rows]
        if found.schema_digest == schema_digest(self._noun.schema):
            prepared = self._noun.prepare(context, bodies)
        else:
            prepared = [self._checked_anew(context, body) for body in bodies]
        return [
            ReadyRow(row.number, row.state, body, ready)
            for row, body, ready in zip(rows, bodies, prepared, strict=True)
        ]

    def _checked_anew(self, context: Context, body: Body) -> Any:
        """The same for a row that was checked by the schema of another release."""
        content = checked(self._noun.schema, body)
        if isinstance(content, BaseModel):
            [ready] = self._noun.prepare(context, [content.model_dump(mode="json", exclude_unset=True)])
            return ready
        return RefusedRow(content)

    async def _commit_batch(self, found: Import, context: Context, rows: Sequence[ReadyRow]) -> None:
        """Make rows into drafts and note it with them, in one transaction. Nobody but who holds the import changes
        its rows, so they are as they were when they were read."""
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            # Since the file was read, the same may have come another way.
            twins = await self._noun.twins(session, context.caller, [row.content for row in rows])
            same = {row.number: twin.id for row, twin in zip(rows, twins, strict=True) if twin and twin.is_same}
            await repository.settle(session, found.id, same, state=RowState.SAME)
            left = [row for row in rows if row.number not in same]
            bad = await self._made(session, found.id, context, left)
            mine.committed_count += len(left) - len(bad)
            for row in rows:
                if row.number in same or row.number in bad:
                    _count(mine, row.state, -1)
                    _count(mine, RowState.SAME if row.number in same else RowState.BAD, 1)
            mine.updated_at = now()

    async def _made(
        self, session: AsyncSession, import_id: UUID, context: Context, rows: Sequence[ReadyRow]
    ) -> set[int]:
        """Make rows into what they become; the numbers of those that no longer can be."""
        good = [row for row in rows if not isinstance(row.prepared, RefusedRow)]
        made = await self._noun.write(session, context, [row.prepared for row in good])
        await repository.settle(session, import_id, dict(zip((row.number for row in good), made, strict=True)))
        bad = {row.number: row.prepared.faults for row in rows if isinstance(row.prepared, RefusedRow)}
        for number, faults in bad.items():
            remarks = [Remark(RemarkLevel.ERROR, None, f"#{number}", one.detail, one.detail_zh) for one in faults]
            await repository.refuse_row(session, import_id, number, [remark.as_json() for remark in remarks])
        return set(bad)

    async def _hand_back(self, found: Import) -> None:
        """Let its owner decide about a commit that failed again and again; what was committed stays."""
        async with self._database.begin() as session:
            mine = await self._held(session, found)
            self._moved(mine, ImportAction.HAND_BACK, now())
            mine.refusal = {
                "detail": "Committing failed several times; commit it again, which goes on with the rows left",
                "detail_zh": "多次提交失败，请重新提交，将从尚未提交的行继续",
            }
            mine.leased_until = None
        log.warning("import_handed_back", id=str(found.id), count=mine.committed_count)

    async def _refuse(self, found: Import, error: Problem) -> None:
        async with self._database.begin() as session:
            mine = await repository.held(session, found.id, found.attempt_count, now(), lease_s=0)
            if mine is not None:
                self._moved(mine, ImportAction.REFUSE, now())
                mine.refusal = {"detail": error.detail, "detail_zh": error.detail_zh}
                mine.content = mine.leased_until = None
        log.info("import_refused", id=str(found.id))

    async def _give_back(self, found: Import) -> None:
        """Let another worker go on at once."""
        async with self._database.begin() as session:
            mine = await repository.held(session, found.id, found.attempt_count, now(), lease_s=0)
            if mine is not None:
                mine.leased_until, mine.attempt_count = None, mine.attempt_count - 1
