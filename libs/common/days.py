"""When the days of people begin: at midnight in China's one time zone, whatever zone a machine is set to."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def begins_at(day: date) -> datetime:
    """A day's first moment, UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day on which people live a moment."""
    return moment.astimezone(ZONE).date()
