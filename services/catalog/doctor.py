"""What to examine of the catalog."""

from pathlib import Path

from catalog.demands.models import Demand
from catalog.settings import CatalogSettings
from common.contracts.catalog import DemandEvent
from common.doctor.checks import COMMON
from common.doctor.examination import Examination
from common.doctor.sealing import sealed

MIGRATIONS = Path(__file__).parent / "migrations"


def examination(settings: CatalogSettings) -> Examination:
    checks = {**COMMON, "sealing": sealed(Demand.metadata)}
    return Examination("catalog", settings, DemandEvent.stream, (), MIGRATIONS, checks)
