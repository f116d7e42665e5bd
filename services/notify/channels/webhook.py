"""Webhooks: the address is a URL, a delivery a signed CloudEvent, and the answer a status."""

import time
from collections.abc import Collection
from datetime import datetime

from common import correlation, tracing
from common.bus import CONTENT_TYPE
from common.errors import FieldFault, InvalidInput, invalid
from common.vault import Vault
from notify import backoff, signing
from notify.channels import rules
from notify.channels.shape import Address, AddressOf, beginning
from notify.deliveries.models import Delivery
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, EndpointPace, Unreachable, outcome_of
from notify.deliveries.schemas import notification_of
from notify.egress import Answered, Egress, Fault, Guard, Unanswered
from notify.subscriptions.schemas import ChannelIn

USER_AGENT = "Jingqiao-Webhooks"
LOOK_UP_S = 3.0
_WHY_NOT = {
    Fault.NAME_UNRESOLVED: ("the host name cannot be resolved", "主机名无法解析"),
    Fault.ADDRESS_REFUSED: ("the host has no public address", "该主机没有公网地址"),
}


def addressing(guard: Guard, *, ports: Collection[int], is_development: bool) -> AddressOf:
    """A webhook's address is a URL of a host that the guard lets be reached now."""

    async def address_of(asked: ChannelIn) -> Address:
        try:
            target = rules.target_of(asked.url or "", ports=ports, is_development=is_development)
        except rules.UrlRefused as error:
            raise _bad_url(error.detail, error.detail_zh) from error
        if fault := await guard.fault_of(target.host, target.port, within_s=LOOK_UP_S):
            raise _bad_url(*_WHY_NOT[fault])
        return Address(target.url, target.host)

    return address_of


def _bad_url(detail: str, detail_zh: str) -> InvalidInput:
    return invalid(FieldFault(detail, detail_zh, pointer="#/channel/url"))


class Webhook:
    """Sends deliveries, each signed with every secret of its subscription that is valid now."""

    def __init__(self, egress: Egress, vault: Vault, at_once: int, per_minute: int = 0) -> None:
        """per_minute  requests that one lane gets; 0 is any number"""
        self._egress, self._vault, self.at_once = egress, vault, at_once
        self.pace = pace_of(per_minute) if per_minute else None

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        """Raises LookupError when the subscription's secret cannot be opened."""
        secrets = [self._vault.open(sealed) for sealed in due.subscription.sealed_secrets(at)]
        body = _rendered(due.delivery)
        headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": USER_AGENT,
            **_trace(due.delivery),
            **signing.headers(secrets, str(due.delivery.id), at, body),
        }
        started = time.perf_counter()
        answer = await self._egress.post(due.subscription.url or "", body, headers)
        return _outcome(answer, at, took_s=time.perf_counter() - started)


def pace_of(per_minute: int) -> EndpointPace:
    """A twelfth of a minute's requests at once, and never more in a minute: the burst counts, but for the request that
    begins the next minute."""
    burst = max(1, per_minute // 12)
    return EndpointPace(burst, 60 / (per_minute - burst + 1))


def _rendered(delivery: Delivery) -> bytes:
    """The event, the same at every attempt."""
    told = notification_of(delivery).enveloped(delivery.id, delivery.created_at, delivery.correlation_id)
    return told.model_dump_json(exclude_none=True).encode()


def _outcome(answer: Answered | Unanswered, at: datetime, *, took_s: float) -> AttemptResult:
    if isinstance(answer, Unanswered):
        return Unreachable(answer.fault, took_s)
    asked = backoff.asked_wait_s(answer.retry_after, at)
    return outcome_of(answer.status, took_s=took_s, retry_after_s=asked, answer=beginning(answer.body))


def _trace(delivery: Delivery) -> dict[str, str]:
    """W3C Trace Context: the span in hand, or one made up when the delivery goes back to a request with a trace id."""
    if in_hand := tracing.headers():
        return in_hand
    trace_id = delivery.correlation_id or ""
    if not correlation.is_trace_id(trace_id):
        return {}
    return {"traceparent": f"00-{trace_id}-{delivery.id.hex[-16:]}-01"}
