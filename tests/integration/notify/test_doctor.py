"""The doctor names what is wrong with a service, and keeps silent about what is not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from common.clock import new_id, now
from common.contracts.matcher import MatchComputed
from common.doctor.results import CheckResult, Severity
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from notify.consumers import CONSUMPTIONS
from notify.doctor import examination
from notify.settings import NotifySettings
from tests.integration.notify.matches import a_match
from tests.integration.notify.service_under_test import World, settings_for
from tests.support.eventually import eventually
from tests.support.receiver import Receiver


async def found(settings: NotifySettings) -> dict[str, CheckResult]:
    """What the doctor says, by the name of the check."""
    return {each.check: each for each in await examination(settings).results()}


def broken(results: dict[str, CheckResult]) -> set[str]:
    return {name for name, each in results.items() if each.severity in (Severity.FAULT, Severity.UNKNOWN)}


async def test_a_service_at_work_is_well(notify: World, settings: NotifySettings) -> None:
    async with notify.working():

        async def well() -> bool:
            assert broken(await found(settings)) == set()
            return True

        await eventually(well)


async def test_a_service_without_its_worker_is_told_to_start_it(notify: World, settings: NotifySettings) -> None:
    seen = await found(settings)
    consumers = {f"consumer {what.stream}/{what.durable}" for what in CONSUMPTIONS}
    assert broken(seen) == {"work", "stream", *consumers}
    assert "python -m notify work" in seen["work"].remedy


async def test_events_that_nobody_handles_are_told_with_their_age(notify: World, settings: NotifySettings) -> None:
    async with notify.working():
        await eventually(lambda: _consumer_exists(settings))
    event_id = new_id()
    await notify.computed(a_match(), event_id=event_id)
    impatient = settings.model_copy(update={"lag_limit_s": 0.001})
    seen = (await found(impatient))["consumer MATCHER/notify"]
    assert seen.severity is Severity.FAULT
    assert seen.seen.startswith("1 not handed out")


async def _consumer_exists(settings: NotifySettings) -> bool:
    return (await found(settings))["consumer MATCHER/notify"].severity is Severity.OK


async def test_a_database_that_is_away_is_named_and_the_rest_still_examined(settings: NotifySettings) -> None:
    nowhere = f"postgresql+asyncpg://nobody:none@127.0.0.1:{free_port()}/none"
    seen = await found(settings.model_copy(update={"database_url": nowhere}))
    assert seen["database"].severity is Severity.FAULT
    assert "NOTIFY_DATABASE_URL" in seen["database"].remedy
    assert {seen["migrations"].severity, seen["outbox"].severity} == {Severity.UNKNOWN}
    assert seen["settings"].severity is Severity.OK


async def test_a_broker_that_is_away_is_named(settings: NotifySettings, nats_server: NatsServer) -> None:
    nats_server.stop()
    seen = await found(settings.model_copy(update={"connect_timeout_s": 1.0}))
    assert seen["broker"].severity is Severity.FAULT
    assert seen["database"].severity is Severity.OK


async def test_a_database_without_tables_is_told_to_migrate(
    empty_database: str, nats_server: NatsServer, issuer: TokenIssuer
) -> None:
    seen = await found(settings_for(empty_database, nats_server.url, issuer.settings))
    assert seen["migrations"].severity is Severity.FAULT
    assert seen["migrations"].remedy == "run `python -m notify migrate`"


async def test_a_database_from_a_later_release_is_a_warning(notify: World, settings: NotifySettings) -> None:
    await notify.execute("UPDATE alembic_version SET version_num = '9999'")
    assert (await found(settings))["migrations"].severity is Severity.WARNING


async def test_keys_of_tokens_that_are_nowhere_are_a_fault(settings: NotifySettings) -> None:
    platform = settings.platform.model_copy(update={"jwks": "/nowhere/jwks.json"})
    seen = await found(settings.model_copy(update={"platform": platform}))
    assert (seen["settings"].severity, "/nowhere/jwks.json" in seen["settings"].seen) == (Severity.FAULT, True)


async def test_an_event_of_an_unknown_type_is_a_dead_letter_that_the_doctor_lists_and_tries_again(
    notify: World, settings: NotifySettings, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.consumption.RETRY_DELAYS_S", (0.01,))
    said = {**json.loads(a_match_event()), "type": "matcher.match.disputed"}
    async with notify.working():
        await notify.bus.publish("MATCHER", "matcher.match.disputed", json.dumps(said).encode(), message_id="an id")

        async def is_told() -> bool:
            return (await found(settings))["dead letters"].severity is Severity.WARNING

        await eventually(is_told, within=30)
    listed = doctor(settings, issuer, "--dead-letters")
    assert (listed.returncode, "notify: type: unknown  (matcher.match.disputed" in listed.stdout) == (0, True)
    tried = doctor(settings, issuer, "--replay", "all")
    assert (tried.returncode, tried.stdout) == (1, f"{listed.stdout.split()[0]}  not applied: type: unknown\n")
    nothing = doctor(settings, issuer, "--replay", "12345")
    assert (nothing.returncode, nothing.stdout) == (1, "12345  not applied: there is no such dead letter\n")


def a_match_event() -> bytes:
    event = MatchComputed(match=a_match())
    return event.enveloped(new_id(), now(), None).model_dump_json(exclude_none=True).encode()


def doctor(settings: NotifySettings, issuer: TokenIssuer, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The verb as a person types it."""
    env = {
        **os.environ,
        **issuer.settings,
        "NOTIFY_DATABASE_URL": settings.database_url,
        "JINGQIAO_NATS_URL": settings.platform.nats_url,
    }
    command = [sys.executable, "-m", "notify", "doctor", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


def test_the_verb_prints_json_and_exits_with_1_when_something_is_broken(
    database_of: Callable[[str], str], issuer: TokenIssuer
) -> None:
    env = {
        **os.environ,
        **issuer.settings,
        "NOTIFY_DATABASE_URL": database_of("notify"),
        "NOTIFY_CONNECT_TIMEOUT_S": "1",
        "JINGQIAO_NATS_URL": f"nats://127.0.0.1:{free_port()}",
    }
    command = [sys.executable, "-m", "notify", "doctor", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    said = json.loads(done.stdout)
    assert (done.returncode, said["service"], said["is_well"], done.stderr) == (1, "notify", False, "")


async def test_plain_secrets_and_lost_keys_are_told(notify: World, settings: NotifySettings) -> None:
    assert (await found(settings))["secrets"].severity is Severity.WARNING
    await notify.webhook("http://127.0.0.1:9/hook")
    await notify.execute("UPDATE subscriptions SET sealed_secret = 'sealed:gAAAAABnothing'")
    lost = (await found(settings))["secrets"]
    assert (lost.severity, lost.seen.startswith("1 of 1")) == (Severity.FAULT, True)


async def test_deliveries_that_are_due_and_not_made_are_a_fault(notify: World, settings: NotifySettings) -> None:
    await _a_delivery_that_failed_thrice(notify)
    await notify.execute("UPDATE deliveries SET due_at = now() - interval '1 hour'")
    seen = await found(settings)
    assert (seen["deliveries"].severity, "start `python -m notify work`" in seen["deliveries"].remedy) == (
        Severity.FAULT,
        True,
    )


async def test_how_a_channel_went_is_told(notify: World, settings: NotifySettings, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)
    seen = (await found(settings))["channels"].seen
    assert seen.startswith("webhook in the last day: 100.0% of 2 attempts taken, half within ")


async def test_receivers_that_fail_again_and_again_are_named(notify: World, settings: NotifySettings) -> None:
    await _a_delivery_that_failed_thrice(notify)
    seen = await found(settings)
    assert (seen["webhooks"].severity, "127.0.0.1 (1 deliveries" in seen["webhooks"].seen) == (Severity.WARNING, True)
    assert seen["subscriptions"].seen == "1, of which 0 paused and 0 disabled"


async def _a_delivery_that_failed_thrice(notify: World) -> None:
    await notify.webhook("http://127.0.0.1:9/hook")
    # Nobody is there who could take the challenge.
    await notify.execute("UPDATE subscriptions SET state = 'active', confirmed_at = now(); DELETE FROM deliveries")
    async with notify.working():
        await notify.computed(a_match())

        async def tried() -> bool:
            return bool([one for one in await notify.deliveries() if one["reason"]])

        await eventually(tried)
    await notify.execute("UPDATE deliveries SET failures_count = 3, due_at = now() + interval '1 hour'")
