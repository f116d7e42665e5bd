"""A spreadsheet of 20,000 rows read into a report and made into drafts, beside bare openpyxl and bare COPY."""

import io
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import asyncpg
from openpyxl import Workbook, load_workbook

from catalog.imports.noun import Demands
from catalog.settings import CatalogSettings
from common.auth import Principal
from common.clock import now
from common.database import Database
from common.fields import OrganisationKey
from common.imports import repository, service
from common.imports.models import Import
from common.imports.rules import Wanted
from common.imports.service import SentFile
from common.imports.worker import Importing
from common.runtime import keep_collections_short
from common.settings import PlatformSettings
from common.sheets.refusals import MIB
from tests.bench.report import Figure, Result, figure
from tests.support.postgres import Borrowed, Databases, session_server

ROWS = 20_000
RUNS = 3
HEADER = (
    *("序号", "场景名称", "应用需求", "技术指标", "建设单位", "应用区域", "对接方式", "联系人", "联系电话"),
    *("预算（万元）", "截止时间", "支持政策"),
)
CALLER = Principal(
    subject="bench",
    organisation=OrganisationKey(scheme="uscc", code="91370211MA3QDK2Q8B"),
    organisation_name="青岛港（示例）",
    roles=frozenset({"publisher"}),
)


async def measure() -> Result:
    """Some two minutes. Each run is of a new database and file, baseline and import in turn."""
    # As the process of the worker does when it starts.
    keep_collections_short()
    runs, memory = [], list[Figure]()
    with _borrowed() as borrowed:
        for number in range(RUNS):
            content = _sheet(number)
            async with _catalog(borrowed.of("catalog")) as (database, settings):
                began = _resident_mib()
                mine = await _imported(content, database, settings)
                # Only the first finds no memory that was used before.
                memory = memory or [_memory(_most_resident_mib() - began, content)]
                runs.append((await _bare(content, database.dsn), mine))
    return Result(f"Importing {ROWS:,} rows of 12 cells", [*_figures(runs), *memory], [_NOTE])


@contextmanager
def _borrowed() -> Iterator[Borrowed]:
    with (
        tempfile.TemporaryDirectory(prefix="jingqiao-bench-") as folder,
        session_server(Path(folder)) as server,
        Databases(server).borrowed() as borrowed,
    ):
        yield borrowed


_NOTE = (
    f"medians of {RUNS} runs; bare is openpyxl's read-only mode to the last cell, then COPY of the rows into a table "
    "without an index; the import reads, checks, compares, reports, and writes drafts with search, audit and events"
)


def _figures(runs: list[tuple[list[float], list[float]]]) -> list[Figure]:
    bare, whole = (statistics.median(ROWS / sum(run[side]) for run in runs) for side in (0, 1))
    ratio = statistics.median(sum(mine) / sum(theirs) for theirs, mine in runs)
    found = [Figure("report and commit", whole, "rows/s", "openpyxl and COPY", bare, 1 / ratio)]
    read, copied = (statistics.median(run[0][at] for run in runs) for at in (0, 1))
    report, commit = (statistics.median(run[1][at] for run in runs) for at in (0, 1))
    found += [figure("report", report, "s", "openpyxl", read), figure("commit", commit, "s", "COPY", copied)]
    return found


def _memory(added: float, content: bytes) -> Figure:
    with ZipFile(io.BytesIO(content)) as parts:
        unpacked = sum(part.file_size for part in parts.infolist()) / MIB
    return figure("most memory that it adds", added, "MiB", f"the file ({len(content) / MIB:.1f}), unpacked", unpacked)


def _resident_mib() -> float:
    """What the process has in memory; the most of it is counted from now on."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status_mib("VmRSS")


def _most_resident_mib() -> float:
    return _status_mib("VmHWM")


def _status_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def _sheet(number: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    sheet.append(HEADER)
    for at in range(ROWS):
        need = (
            f"港区第{at}个闸口的箱体破洞、凹陷和锈蚀仍靠人工目视登记，夜间和雨雾天漏判较多，需自动识别，批次{number}。"
        )
        clauses = f"①残损识别准确率不低于{90 + at % 10}%；②响应时间不超过{at % 100 + 50}ms"
        title = f"第{number}-{at}号闸口箱体残损识别"
        sheet.append(
            [at + 1, title, need, clauses, "青岛港", "黄岛区", "线上提交方案，现场勘察", "王工", "0532-88880000",
             100 + at % 300, "2099年12月31日", "青岛市应用场景开放支持政策"]
        )  # fmt: skip
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@asynccontextmanager
async def _catalog(url: str) -> AsyncIterator[tuple[Database, CatalogSettings]]:
    settings = CatalogSettings(database_url=url, statement_timeout_s=60, platform=PlatformSettings())
    database = Database(settings)
    try:
        yield database, settings
    finally:
        await database.close()


async def _bare(content: bytes, dsn: str) -> list[float]:
    """Seconds of reading, and of COPY."""
    began = time.perf_counter()
    sheet: Any = load_workbook(io.BytesIO(content), read_only=True).active
    rows = [tuple(map(str, row)) for row in sheet.iter_rows(values_only=True)]
    read = time.perf_counter()
    connection = await asyncpg.connect(dsn)
    columns = [f"c{at}" for at in range(len(HEADER))]
    await connection.execute(f"CREATE TABLE bare ({', '.join(f'{column} text' for column in columns)})")
    await connection.copy_records_to_table("bare", records=rows, columns=columns)
    await connection.close()
    return [read - began, time.perf_counter() - read]


async def _imported(content: bytes, database: Database, settings: CatalogSettings) -> list[float]:
    """Seconds from the file to its report, and of the commit."""
    noun, worker = Demands(), Importing(database, Demands(), settings, settings.platform.tracks)
    began = time.perf_counter()
    async with database.begin() as session:
        sent = SentFile(content, "bench.xlsx", "scenario")
        kept, _ = await service.receive(session, noun, CALLER, sent, now())
    await worker.step()
    read = time.perf_counter()
    async with database.begin() as session:
        await service.commit(session, noun, CALLER, kept.id, Wanted.ALL, now())
    await worker.step()
    took = [read - began, time.perf_counter() - read]
    async with database.begin() as session:
        done: Import = await repository.own(session, CALLER.organisation, kept.id)
    assert done.committed_count == ROWS, (done.state, done.committed_count, done.refusal)
    return took
