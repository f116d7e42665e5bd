"""An organisation's credentials let it read its own subject and nothing else; revoked, they let it do nothing."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from nats.errors import Error as NatsError
from nats.js.client import JetStreamContext

from common import logs
from common.bus import Bus
from common.clock import new_id
from common.database import Database
from common.fields import OrganisationKey
from common.runtime import keep_running
from common.settings import PlatformSettings
from notify.credentials import command
from notify.credentials.command import CredentialsDesk
from notify.credentials.rules import user_of
from notify.credentials.upkeep import providing_consumers
from notify.settings import NotifySettings
from tests.integration.broker.users import Broker, User
from tests.support.eventually import eventually

FIRM = OrganisationKey(scheme="uscc", code="91370200264574251E")
OTHER = OrganisationKey(scheme="lei", code="5493001KJTIIGC8Y1R12")
API = "from.NOTIFY"
FORBIDDEN = (
    "notify.uscc.91370200264574251E.match",
    "catalog.demand.published",
    "matcher.match.computed",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.NOTIFY",
    "$JS.API.STREAM.MSG.GET.NOTIFY",
    "$JS.API.CONSUMER.CREATE.NOTIFY.mine.notify.>",
    "$JS.API.CONSUMER.DELETE.NOTIFY.uscc-91370200264574251E",
    "from.NOTIFY.CONSUMER.MSG.NEXT.NOTIFY.lei-5493001KJTIIGC8Y1R12",
    "from.NOTIFY.CONSUMER.INFO.NOTIFY.lei-5493001KJTIIGC8Y1R12",
    "from.NOTIFY.CONSUMER.CREATE.NOTIFY.mine.notify.>",
    "$JS.ACK.NOTIFY.lei-5493001KJTIIGC8Y1R12.1.1.1.1.0",
    "$SYS.REQ.CLAIMS.UPDATE",
)


@pytest.fixture
def settings(broker: Broker, database_of: Callable[[str], str]) -> NotifySettings:
    return NotifySettings(
        database_url=database_of("notify"),
        platform=PlatformSettings(nats_url=broker.server.url),
        nats_credentials=broker.identities.credentials("notify"),
        nats_keys=broker.identities.administration,
    )


@pytest.fixture
async def desk(settings: NotifySettings, broker: Broker) -> AsyncIterator[CredentialsDesk]:
    await broker.streams_are_there()
    async with command.opened(settings) as opened:
        yield opened


class Firms:
    """Both organisations with their credentials, and what notify has told each."""

    def __init__(self, desk: CredentialsDesk, folder: Path) -> None:
        self._desk, self._folder = desk, folder

    async def credentials(self, who: OrganisationKey) -> Path:
        path = self._folder / f"{user_of(who)}-{new_id()}.creds"
        path.write_text(await self._desk.issue(who))
        return path

    async def is_told(self, who: OrganisationKey, what: bytes) -> None:
        subject = f"notify.{who.scheme}.{who.code}.match"
        await self._desk.bus.publish("NOTIFY", subject, what, message_id=str(new_id()))


@pytest.fixture
def firms(desk: CredentialsDesk, tmp_path: Path) -> Firms:
    return Firms(desk, tmp_path)


async def reading(user: User, who: OrganisationKey) -> JetStreamContext.PullSubscription:
    return await user.client.jetstream(prefix=API, timeout=2).pull_subscribe_bind(
        consumer=user_of(who), stream="NOTIFY"
    )


async def read(user: User, who: OrganisationKey, count: int = 10) -> list[bytes]:
    """What comes, acknowledged."""
    messages = await (await reading(user, who)).fetch(count, timeout=2)
    for message in messages:
        await message.ack()
    return [message.data for message in messages]


async def test_an_organisation_reads_its_own_subject_and_acknowledges(broker: Broker, firms: Firms) -> None:
    mine = await firms.credentials(FIRM)
    await firms.credentials(OTHER)
    await firms.is_told(OTHER, b"for the other")
    await firms.is_told(FIRM, b"for me")
    async with broker.user(mine) as user:
        assert await read(user, FIRM) == [b"for me"]
        await firms.is_told(FIRM, b"and this")
        assert await read(user, FIRM) == [b"and this"]

        async def is_acknowledged() -> bool:
            return (await (await reading(user, FIRM)).consumer_info()).num_ack_pending == 0

        await eventually(is_acknowledged)
        assert user.refusals == []


async def test_it_reads_nothing_else_and_writes_nothing(broker: Broker, firms: Firms) -> None:
    mine = await firms.credentials(FIRM)
    await firms.credentials(OTHER)
    await firms.is_told(OTHER, b"for the other")
    async with broker.user(mine) as user:
        for subject in FORBIDDEN:
            assert await user.is_refused_to_publish(subject)
        for subject in (
            ">",
            "_INBOX.>",
            f"_INBOX.{user_of(OTHER)}.>",
            "notify.>",
            f"notify.{FIRM.scheme}.{FIRM.code}.>",
        ):
            assert await user.is_refused_to_subscribe(subject)


async def test_what_it_has_sent_to_a_subject_of_its_choice_reaches_nobody(
    broker: Broker, firms: Firms, desk: CredentialsDesk
) -> None:
    """The broker answers a request for events on the subject that the request names, whoever may publish there."""
    mine = await firms.credentials(FIRM)
    await firms.is_told(FIRM, b"for me")
    ask, subject = json.dumps({"batch": 1}).encode(), f"notify.{OTHER.scheme}.{OTHER.code}.match"
    async with broker.user(mine) as user:
        await user.client.publish(f"{API}.CONSUMER.MSG.NEXT.NOTIFY.{user_of(FIRM)}", ask, reply=subject)
        # A later request is served after that one, which nobody listens for in the account of organisations.
        assert await read(user, FIRM) == [b"for me"]
    state = await desk.bus.state_of("NOTIFY")
    assert state is not None
    assert state.last_seq == 1


async def test_revoked_credentials_end_their_connections_and_open_no_other(
    broker: Broker, firms: Firms, desk: CredentialsDesk
) -> None:
    mine, second, others = [await firms.credentials(who) for who in (FIRM, FIRM, OTHER)]
    async with broker.user(mine) as user, broker.user(others) as other:
        assert await desk.revoke(FIRM) == 2
        await user.is_sent_away()
        assert not other.client.is_closed
    assert [await broker.lets_in(each) for each in (mine, second, others)] == [False, False, True]
    broker.server.stop()
    broker.server.start()
    assert [await broker.lets_in(each) for each in (mine, second, others)] == [False, False, True]
    await eventually(lambda: desk.bus.is_connected, within=20)
    assert await broker.lets_in(await firms.credentials(FIRM)), "it may be issued others"


async def test_a_broker_that_lost_its_disk_is_told_again_whom_to_refuse(
    broker: Broker, firms: Firms, desk: CredentialsDesk
) -> None:
    mine = await firms.credentials(FIRM)
    await desk.revoke(FIRM)
    broker.server.kill()
    for claims in (broker.server.folder / "accounts").iterdir():
        claims.unlink()
    broker.server.start()
    await desk.synchronise()
    assert not await broker.lets_in(mine)


async def test_the_consumers_of_organisations_come_back_with_the_stream(
    broker: Broker, firms: Firms, desk: CredentialsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.credentials.upkeep.POLL_S", 0.1)
    mine = await firms.credentials(FIRM)
    async with providing(desk.database, desk.bus):
        await desk.bus.delete_stream("NOTIFY")
        await desk.bus.create_stream("NOTIFY")
        await firms.is_told(FIRM, b"told anew")
        async with broker.user(mine) as user:

            async def comes() -> bool:
                with suppress(NatsError, TimeoutError):  # until there is a consumer, nobody answers
                    return await read(user, FIRM) == [b"told anew"]
                return False

            await eventually(comes, within=20)


@asynccontextmanager
async def providing(database: Database, bus: Bus) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(keep_running("organisation-consumers", providing_consumers(database, bus), stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_the_verb_issues_lists_and_revokes(
    broker: Broker,
    settings: NotifySettings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "configure", lambda *_: None)  # it would hold for the tests after this one
    await broker.streams_are_there()
    file, who = tmp_path / "firm.creds", f"{FIRM.scheme}.{FIRM.code}"
    assert typed(settings, "issue", who, "--out", str(file)) == f"{file}\n"
    assert (file.stat().st_mode & 0o777, await broker.lets_in(file)) == (0o600, True)

    async def said(*words: str) -> str:
        """The last line, of this process: another would import for seconds."""
        parser = argparse.ArgumentParser()
        command.configure(parser)
        await asyncio.to_thread(command.run, parser.parse_args(words), settings)
        return capsys.readouterr().out.splitlines()[-1]

    assert (await said("list")).startswith(f"{who}  U")
    assert await said("revoke", who) == "1 revoked"
    assert not await broker.lets_in(file)
    assert " revoked " in await said("list")
    with pytest.raises(SystemExit) as refused:
        await said("issue", "firm")
    assert (refused.value.code, "'firm' names no organisation" in capsys.readouterr().err) == (2, True)


def typed(settings: NotifySettings, *words: str) -> str:
    """What `python -m notify credentials` prints."""
    env = {
        **os.environ,
        "NOTIFY_DATABASE_URL": settings.database_url,
        "NOTIFY_NATS_CREDENTIALS": str(settings.nats_credentials),
        "NOTIFY_NATS_KEYS": str(settings.nats_keys),
        "JINGQIAO_NATS_URL": settings.platform.nats_url,
    }
    argv = [sys.executable, "-m", "notify", "credentials", *words]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
