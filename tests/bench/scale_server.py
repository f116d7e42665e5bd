"""A PostgreSQL of its own for a large matcher database, with the memory such a one is given; nothing of it stays."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from deploy.embedded import postgres
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import PostgresServer
from tests.bench.report import CannotMeasure
from tests.support.postgres import migrate

BYTES_EACH = 12_000
"""On disk for one profile, with its share of the indexes and some air."""
INDEX_BYTES_EACH = 5_500
"""In memory for one vector of an index that is being built; less, and the build takes several times as long."""
GB = 1024**3
LOG_GB = 4
"""What changes may take in PostgreSQL's log between two checkpoints."""
DATABASE = "scale"


def index_memory_mb(profiles: int) -> int:
    """For building an index without going through the disk."""
    return max(512, profiles * INDEX_BYTES_EACH // 2**20)


@contextmanager
def running(profiles: int) -> Iterator[PostgresServer]:
    """A server with an empty matcher database called DATABASE. Raises CannotMeasure before anything is begun."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-scale-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        _refuse_short_room(Path(folder), profiles)
        server = PostgresServer(Path(folder) / "postgres", free_port())
        with patch.dict(postgres.SETTINGS, _settings(profiles)):
            server.start()
        try:
            server.create_database(DATABASE)
            migrate("matcher", server.url(DATABASE))
            yield server
        finally:
            server.stop()


def _settings(profiles: int) -> dict[str, str]:
    return {
        "shared_buffers": f"{max(256, min(6144, profiles * 6 // 1000))}MB",
        "effective_cache_size": "8GB",
        "random_page_cost": "1.1",  # solid state
        "max_parallel_maintenance_workers": "1",  # and the leader: two cores
        "max_parallel_workers_per_gather": "1",
        "max_wal_size": f"{LOG_GB}GB",
        "checkpoint_timeout": "60min",
        "synchronous_commit": "off",
        "fsync": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "autovacuum": "off",  # the bench vacuums and analyses once, when all is there
    }


def _refuse_short_room(folder: Path, profiles: int) -> None:
    disk, wanted = shutil.disk_usage(folder).free, profiles * BYTES_EACH + LOG_GB * GB
    if disk < wanted:
        raise CannotMeasure(f"{disk / GB:.1f} GB are free in {folder.parent}; {profiles:,} need {wanted / GB:.1f}")
    memory, wanted = _memory_available(), profiles * (INDEX_BYTES_EACH + 4_000) + GB
    if memory < wanted:
        raise CannotMeasure(f"{memory / GB:.1f} GB of memory are free; {profiles:,} profiles need {wanted / GB:.1f}")


def _memory_available() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise CannotMeasure("this system does not say how much memory is free")
