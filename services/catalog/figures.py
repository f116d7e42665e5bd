"""What the catalog's database tells of its state, for the page of metrics."""

from collections.abc import Callable, Sequence
from datetime import datetime

from catalog import metrics
from catalog.demands import repository
from common.database import Database
from common.figures import Measurement


def figures(database: Database, now: Callable[[], datetime]) -> Sequence[Measurement]:
    async def overdue() -> None:
        async with database.reading() as session:
            since = await repository.overdue_since(session, now())
        metrics.OVERDUE_S.set((now() - since).total_seconds() if since else 0.0)

    return [Measurement("closing", (metrics.OVERDUE_S,), overdue)]
