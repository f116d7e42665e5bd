"""What to examine of the catalog."""

from pathlib import Path

from catalog.settings import CatalogSettings
from common.contracts.catalog import DemandEvent
from common.doctor.checks import COMMON
from common.doctor.examination import Examination

MIGRATIONS = Path(__file__).parent / "migrations"


def examination(settings: CatalogSettings) -> Examination:
    return Examination("catalog", settings, DemandEvent.stream, (), MIGRATIONS, COMMON)
