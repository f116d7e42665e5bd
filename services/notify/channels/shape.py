"""What every channel has: an address, and a way to send there whose answer is an outcome."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult
from notify.subscriptions.rules import Channel
from notify.subscriptions.schemas import ChannelIn


@dataclass(frozen=True)
class Address:
    """Where the deliveries of a subscription go.

    url       as its owner sees it, without any secret; None where the organisation itself is the address
    host      the machine that is asked, for how many requests it gets at once
    """

    url: str | None = None
    host: str | None = None

    @property
    def identity(self) -> str | None:
        """The same for equal addresses, and for no others of the channel."""
        return self.url


AddressOf = Callable[[ChannelIn], Awaitable[Address]]
"""What a channel makes of what a subscriber names. Raises InvalidInput naming what is wrong."""


class Sending(Protocol):
    """A channel that asks a receiver. Of the others the announcer settles each delivery as it records it."""

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        """One attempt. The receiver's answer is read into: accepted, to be tried again, given up, or disabled, each
        with the reason. Raises LookupError when a secret of the subscription cannot be opened."""
        ...


Senders = Mapping[Channel, Sending]
