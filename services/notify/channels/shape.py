"""What every channel has: an address, and a way to send there whose answer is an outcome."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, EndpointPace
from notify.subscriptions.rules import Channel
from notify.subscriptions.schemas import ChannelIn


@dataclass(frozen=True)
class Address:
    """Where the deliveries of a subscription go.

    url       as its owner sees it, without any secret; None where the organisation itself is the address
    host      the machine that is asked
    endpoint  the same for equal addresses, where `url` is not
    token     what lets whoever knows it write there; kept sealed
    secret    what signs requests, chosen by the receiver; kept sealed
    """

    url: str | None = None
    host: str | None = None
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    @property
    def identity(self) -> str | None:
        """The same for equal addresses, and for no others of the channel."""
        return self.endpoint or self.url


AddressOf = Callable[[ChannelIn], Awaitable[Address]]
"""What a channel makes of what a subscriber names. Raises InvalidInput naming what is wrong."""


class Sending(Protocol):
    """A channel that asks a receiver. Of the others the announcer settles each delivery as it records it.

    at_once  how many of its deliveries one process has in hand at most
    pace     how often one address is written to at most; None: as often as it answers
    """

    @property
    def at_once(self) -> int: ...

    @property
    def pace(self) -> EndpointPace | None: ...

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        """One attempt. The receiver's answer is read into: accepted, to be tried again, given up, waiting for who
        subscribed, or the end of the subscription, each with the reason. Raises LookupError when a secret of the
        subscription cannot be opened."""
        ...


Senders = Mapping[Channel, Sending]

ANSWER_KEPT_BYTES = 1024


def beginning(answer: bytes) -> str | None:
    """What is kept of an answer for whoever looks for the fault: its first kilobyte as text, None of an empty one."""
    kept = answer[:ANSWER_KEPT_BYTES].decode(errors="replace").replace("\x00", "\ufffd")
    return kept or None
