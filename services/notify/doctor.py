"""What to examine of notify: besides what all services have, secrets, deliveries and subscriptions."""

from datetime import timedelta
from pathlib import Path

from common import clock
from common.doctor.checks import COMMON
from common.doctor.examination import Examination, Examined
from common.doctor.results import CheckResult, fault, ok, warning
from common.vault import Vault
from notify.backlog import repository as backlog
from notify.backlog.repository import FAILING_FROM
from notify.consumers import CONSUMPTIONS, handlers
from notify.settings import NotifySettings
from notify.subscriptions import repository as subscriptions
from notify.subscriptions.rules import SubscriptionState
from notify.suppressions import repository as suppressions
from notify.suppressions import service as suppression_service

LOOKED_BACK = timedelta(days=1)
LEAST_SHARE, MEANS_SOMETHING = 0.5, 20
"""Attempts that are taken at least, where there were enough for a share to mean something."""
MIGRATIONS = Path(__file__).parent / "migrations"


def examination(settings: NotifySettings) -> Examination:
    async def secrets(examined: Examined) -> list[CheckResult]:
        return await _secrets(examined, settings)

    async def addresses(_: Examined) -> list[CheckResult]:
        return [_addresses(settings)]

    checks = {**COMMON, "secrets": secrets, "addresses": addresses, "deliveries": _deliveries}
    return Examination("notify", settings, "NOTIFY", CONSUMPTIONS, MIGRATIONS, checks, handlers)


async def _secrets(examined: Examined, settings: NotifySettings) -> list[CheckResult]:
    """Whether webhook secrets are sealed, and whether the keys of the settings open them."""
    vault = Vault([key.get_secret_value() for key in settings.secret_keys])
    key_ids = suppression_service.hashes_of(settings).key_ids
    async with examined.database.reading() as session:
        stored = await subscriptions.sealed_secrets(session)
        beyond_count = await suppressions.count_beyond(session, key_ids)
    lost = sum(not _opens(vault, sealed) for sealed in stored)
    if lost:
        seen = f"{lost} of {len(stored)} secrets of webhooks and robots cannot be opened, so nothing is sent there"
        return [fault("secrets", seen, "put the key that sealed them back into NOTIFY_SECRET_KEYS, behind the newest")]
    if beyond_count:
        seen = f"{beyond_count} suppressed addresses were hashed with another key, and are written to again"
        return [fault("secrets", seen, "put the key that hashed them back into NOTIFY_SECRET_KEYS, behind the newest")]
    if not settings.secret_keys:
        return [warning("secrets", "secrets of webhooks and robots are stored as they are", "set NOTIFY_SECRET_KEYS")]
    return [ok("secrets", f"{len(stored)} secrets of webhooks and robots can be opened")]


def _opens(vault: Vault, sealed: str) -> bool:
    try:
        vault.open(sealed)
    except LookupError:
        return False
    return True


def _addresses(settings: NotifySettings) -> CheckResult:
    if settings.allow_loopback:
        seen = "webhooks may use http and reach this machine"
        return warning("addresses", seen, "unset NOTIFY_ALLOW_LOOPBACK unless this is a development machine")
    return ok("addresses", f"webhooks use https on ports {', '.join(map(str, settings.webhook_ports))}")


async def _deliveries(examined: Examined) -> list[CheckResult]:
    """Whether due deliveries are made, which receivers fail, and which subscriptions are off."""
    now = clock.now()
    async with examined.database.reading() as session:
        backlogs = await backlog.backlogs(session, now)
        failing = await backlog.failing_hosts(session)
        states = await subscriptions.counts(session)
        went = await backlog.performance(session, now - LOOKED_BACK)
    results = [_backlog(examined, each, (now - (each.due_since or now)).total_seconds()) for each in backlogs]
    if failing:
        named = ", ".join(f"{host} ({count} deliveries, last: {reason})" for host, count, reason in failing)
        seen = f"receivers that failed {FAILING_FROM} times or more: {named}"
        results.append(warning("webhooks", seen, "tell their owners; they see each attempt under /v1/deliveries"))
    results += [_performance(each) for each in went]
    paused = sum(count for (_, state), count in states.items() if state is SubscriptionState.PAUSED)
    disabled = sum(count for (_, state), count in states.items() if state is SubscriptionState.DISABLED)
    seen = f"{sum(states.values())}, of which {paused} paused and {disabled} disabled"
    return [*(results or [ok("deliveries", "none waits")]), ok("subscriptions", seen)]


def _performance(went: backlog.Performance) -> CheckResult:
    share = went.sent_count / went.attempts_count
    seen = (
        f"{went.channel} in the last day: {share:.1%} of {went.attempts_count} attempts taken, "
        f"half within {went.half_ms:.0f} ms, 95 of 100 within {went.most_ms:.0f} ms"
    )
    if went.attempts_count >= MEANS_SOMETHING and share < LEAST_SHARE:
        return warning(
            "channels", seen, "see `reason` of the attempts: GET /v1/attempts, or the log delivery_attempted"
        )
    return ok("channels", seen)


def _backlog(examined: Examined, waiting: backlog.Backlog, late_s: float) -> CheckResult:
    seen = f"{waiting.count} by {waiting.channel} not settled, the longest due for {late_s:.0f} s"
    if late_s > examined.settings.lag_limit_s:
        return fault("deliveries", seen, "start `python -m notify work`; run more of it if its log shows it at work")
    return ok("deliveries", seen)
