"""Each service reaches what it needs at the broker and nothing else."""

import asyncio
from pathlib import Path

import pytest

from common.clock import new_id
from common.consumption import Consumption, Handlers
from common.contracts.catalog import DemandEvent
from common.contracts.envelope import Envelope
from common.contracts.notify import MatchNotified
from common.dead_letters import DeadLetter
from common.nats_accounts import foreign_api
from deploy.nats.accounts import READINGS, SERVICES
from matcher.consumers import CONTACTS, DEMANDS, VALIDATIONS
from notify.consumers import CONSUMPTIONS
from tests.integration.broker.users import Broker
from tests.integration.matcher.service_under_test import announcement, demand
from tests.support.eventually import eventually

READS = (
    ("matcher", DEMANDS),
    ("matcher", CONTACTS),
    ("matcher", VALIDATIONS),
    *(("notify", what) for what in CONSUMPTIONS),
)
MAX_CONTROL_LINE = 4096
"""Bytes; what nats-server takes unless its configuration says otherwise."""
WRITES = {
    "catalog": "catalog.demand.published",
    "matcher": "matcher.match.computed",
    "notify": "notify.uscc.91370200264574251E.match",
}


def test_the_permissions_name_what_the_code_reads() -> None:
    named = {(each.service, Consumption(each.stream, each.consumer, each.subject, each.may_fetch)) for each in READINGS}
    assert named == set(READS)
    assert (DemandEvent.stream, MatchNotified.stream) == ("CATALOG", "NOTIFY")


async def test_whoever_has_no_credentials_is_not_let_in(broker: Broker) -> None:
    assert not await broker.lets_in(None)
    assert await broker.lets_in(broker.identities.credentials("catalog"))


async def test_a_demand_that_catalog_never_saw_is_refused(broker: Broker) -> None:
    """It used to be enough to reach the broker."""
    await broker.streams_are_there()
    for name in ("matcher", "notify", "catalog-operator", "matcher-operator", "notify-operator"):
        async with broker.user(broker.identities.credentials(name)) as user:
            assert await user.is_refused_to_publish("catalog.demand.published"), name
    async with broker.bus("catalog") as catalog:
        state = await catalog.state_of("CATALOG")
    assert state is not None
    assert state.last_seq == 0


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_its_own_subjects_alone(broker: Broker, service: str) -> None:
    await broker.streams_are_there()
    async with broker.bus(service) as bus:
        assert await bus.publish(service.upper(), WRITES[service], b"{}", message_id="own") == 1
    async with broker.user(broker.identities.credentials(service)) as user:
        for other in set(SERVICES) - {service}:
            assert await user.is_refused_to_publish(WRITES[other])
        for subject in ("$JS.API.STREAM.LIST", "$JS.API.STREAM.CREATE.OTHER", "$SYS.REQ.SERVER.PING"):
            assert await user.is_refused_to_publish(subject)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_hears_its_own_replies_alone(broker: Broker, service: str) -> None:
    async with broker.user(broker.identities.credentials(service)) as user:
        for subject in ("_INBOX.>", ">", "catalog.>", "matcher.>", "notify.>", "$JS.EVENT.ADVISORY.>"):
            assert await user.is_refused_to_subscribe(subject)


@pytest.mark.parametrize(("reader", "what"), READS, ids=[what.durable for _, what in READS])
async def test_a_service_reads_the_stream_before_it(broker: Broker, reader: str, what: Consumption) -> None:
    heard, stop = [], asyncio.Event()
    said = announcement(demand()).model_dump_json(exclude_none=True).encode()

    async def hear(envelope: Envelope) -> None:
        heard.append(envelope.id)

    async def bury(letter: DeadLetter) -> None:
        raise AssertionError(letter.reason)

    async with broker.bus(what.stream.lower()) as owner, broker.bus(reader) as bus:
        await owner.create_stream(what.stream)
        reading = asyncio.create_task(bus.consume(what, Handlers(hear), bury, stop))
        await owner.publish(what.stream, what.subject.replace("*", "published"), said, message_id=str(new_id()))
        await eventually(lambda: heard, within=20)

        async def is_settled() -> bool:
            state = await bus.consumer_state(what)
            return state is not None and (state.pending_count, state.in_hand_count) == (0, 0)

        await eventually(is_settled, what="the acknowledgement arrives")
        assert await bus.state_of(what.stream) is not None
        stop.set()
        await reading


async def test_notify_reads_of_catalog_what_it_is_handed_and_no_contact(broker: Broker) -> None:
    await broker.streams_are_there()
    fetch = f"{foreign_api('CATALOG')}.STREAM.MSG.GET.CATALOG"
    contacts = [f"{foreign_api('CATALOG')}.CONSUMER.{verb}" for verb in ("CREATE.CATALOG.x.catalog.contact.*", "NAMES")]
    contacts.append(f"{foreign_api('CATALOG')}.CONSUMER.CREATE.CATALOG.notify-demands.catalog.contact.*")
    async with broker.user(broker.identities.credentials("notify")) as user:
        for subject in (fetch, *contacts):
            assert await user.is_refused_to_publish(subject), subject


async def test_who_looks_after_a_stream_reads_it_and_no_other(broker: Broker) -> None:
    await broker.streams_are_there()
    async with broker.bus("notify") as bus:
        await bus.publish("NOTIFY", WRITES["notify"], b"told", message_id="an id")
    async with broker.user(broker.identities.credentials("notify-operator")) as operator:
        reader = await operator.client.jetstream().pull_subscribe("notify.>", stream="NOTIFY")
        [message] = await reader.fetch(1, timeout=5)
        assert message.data == b"told"
        assert await operator.is_refused_to_publish(WRITES["notify"])
        assert await operator.is_refused_to_subscribe("matcher.>")


def test_keys_and_credentials_are_their_owners_alone(broker: Broker) -> None:
    files = [path for path in broker.identities.folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert len(files) == 21


def test_the_claims_of_each_user_fit_into_the_line_that_a_server_takes(broker: Broker) -> None:
    """With 500 bytes for the rest of what a client says when it connects."""
    tokens = {path.name: path.read_text().splitlines()[1] for path in broker.identities.folder.rglob("*.creds")}
    assert {name: len(token) for name, token in tokens.items() if len(token) > MAX_CONTROL_LINE - 500} == {}


def test_making_them_again_changes_nothing(broker: Broker) -> None:
    before = _contents(broker.identities.folder)
    broker.server.stop()
    broker.server.start()
    assert _contents(broker.identities.folder) == before


def _contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
