"""What to examine of the matcher."""

from pathlib import Path

from common.doctor.checks import COMMON
from common.doctor.examination import Examination
from matcher.consumers import DEMANDS, handlers
from matcher.settings import MatcherSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def examination(settings: MatcherSettings) -> Examination:
    return Examination("matcher", settings, "MATCHER", (DEMANDS,), MIGRATIONS, COMMON, handlers)
