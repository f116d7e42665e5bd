"""What there is to tell beside matches: which events, of which topic, told as what."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.contracts.dockings import DOCKING_EVENTS, INTEREST_EVENTS, Act, DockingEvent, InterestEvent, Parties
from common.contracts.notify import DockingNotified, InterestNotified, Notified
from notify.subscriptions.rules import Topic

_ALL: tuple[type[DockingEvent] | type[InterestEvent], ...] = (*INTEREST_EVENTS, *DOCKING_EVENTS)
KINDS: Mapping[str, type[DockingEvent] | type[InterestEvent]] = {kind.type: kind for kind in _ALL}
"""By the type of the event."""
NEWS: Mapping[str, Topic] = {
    **{kind.type: Topic.INTEREST for kind in INTEREST_EVENTS},
    **{kind.type: Topic.DOCKING for kind in DOCKING_EVENTS},
}
NOTICES: Mapping[Topic, type[Notified]] = {Topic.INTEREST: InterestNotified, Topic.DOCKING: DockingNotified}


@dataclass(frozen=True)
class News:
    """One event about two parties, as it is to be told."""

    event: DockingEvent | InterestEvent

    @property
    def topic(self) -> Topic:
        return NEWS[self.event.type]

    @property
    def act(self) -> Act:
        return self.event.act

    @property
    def parties(self) -> Parties:
        return self.event.docking if isinstance(self.event, DockingEvent) else self.event.interest
