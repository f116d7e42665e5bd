"""What to examine of notify."""

from pathlib import Path

from common.doctor.checks import COMMON
from common.doctor.examination import Examination
from notify.consumers import MATCHES, handlers
from notify.settings import NotifySettings

MIGRATIONS = Path(__file__).parent / "migrations"


def examination(settings: NotifySettings) -> Examination:
    return Examination("notify", settings, "NOTIFY", (MATCHES,), MIGRATIONS, COMMON, handlers)
