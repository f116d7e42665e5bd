"""Every event there is."""

from common.contracts import catalog, matcher, notify
from common.contracts.envelope import Event

EVENTS: tuple[type[Event], ...] = (
    catalog.DemandPublished,
    catalog.DemandAmended,
    catalog.DemandClosed,
    catalog.DemandWithdrawn,
    catalog.StepTaken,
    matcher.MatchComputed,
    matcher.MatchLapsed,
    notify.MatchNotified,
)
