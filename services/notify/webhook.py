"""The webhook of an organisation: a signed CloudEvent per delivery, and what the answer means."""

import time
from datetime import datetime

from common import correlation, tracing
from common.bus import CONTENT_TYPE
from notify import backoff, signing
from notify.deliveries.models import Delivery
from notify.deliveries.repository import Due
from notify.deliveries.rules import AttemptResult, Unreachable, outcome_of
from notify.deliveries.schemas import notification_of
from notify.egress import Answered, Egress
from notify.vault import Vault

USER_AGENT = "Jingqiao-Webhooks"


class Webhook:
    """Sends deliveries, each signed with every secret of its subscription that is valid now."""

    def __init__(self, egress: Egress, vault: Vault) -> None:
        self._egress, self._vault = egress, vault

    async def send(self, due: Due, at: datetime) -> AttemptResult:
        """Raises LookupError when the subscription's secret cannot be opened."""
        secrets = [self._vault.open(sealed) for sealed in due.subscription.sealed_secrets(at)]
        # The same at every attempt.
        told = notification_of(due.delivery).enveloped(
            due.delivery.id, due.delivery.created_at, due.delivery.correlation_id
        )
        body = told.model_dump_json(exclude_none=True).encode()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": USER_AGENT,
            **_trace(due.delivery),
            **signing.headers(secrets, str(due.delivery.id), at, body),
        }
        started = time.perf_counter()
        result = await self._egress.post(due.subscription.url or "", body, headers)
        took_s = time.perf_counter() - started
        if isinstance(result, Answered):
            asked = backoff.asked_wait_s(result.retry_after, at)
            return outcome_of(result.status, took_s=took_s, retry_after_s=asked)
        return Unreachable(result.fault, took_s)


def _trace(delivery: Delivery) -> dict[str, str]:
    """W3C Trace Context: the span in hand, or one made up when the delivery goes back to a request with a trace id."""
    if in_hand := tracing.headers():
        return in_hand
    trace_id = delivery.correlation_id or ""
    if not correlation.is_trace_id(trace_id):
        return {}
    return {"traceparent": f"00-{trace_id}-{delivery.id.hex[-16:]}-01"}
