"""One signed link ends one subscription, without a token; addresses on the list are known again."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from common.clock import now
from common.database import Database
from deploy.embedded.tokens import TokenIssuer
from notify import __main__ as verbs
from notify.settings import NotifySettings
from notify.subscriptions.unsubscribe import UnsubscribeLinks
from notify.suppressions import repository, service
from notify.suppressions.rules import SuppressionReason
from tests.integration.notify.service_under_test import World, opened, settings_for

CLICK: dict[str, Any] = {"data": {"List-Unsubscribe": "One-Click"}}


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer) -> NotifySettings:
    """Without a broker: these requests need none."""
    usual = settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    keys = (SecretStr(Fernet.generate_key().decode()),)
    return usual.model_copy(update={"secret_keys": keys, "public_url": "http://notify"})


@pytest.fixture
async def notify(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    async with opened(settings, issuer) as world:
        yield world


def link(notify: World, subscription_id: str) -> str:
    return UnsubscribeLinks.of(notify.settings).link(UUID(subscription_id))


async def state(notify: World, subscription: Any) -> tuple[str, str | None]:
    shown = await notify.get(f"/v1/subscriptions/{subscription['id']}")
    return shown["state"], shown["state_reason"]


async def test_one_click_ends_the_subscription_and_no_other_and_again_changes_nothing(notify: World) -> None:
    subscription, other = await notify.subject(), await notify.subject(least_fit=80)
    where = link(notify, subscription["id"])
    assert (await notify.client.get(where)).json() == {"is_subscribed": True}
    assert await state(notify, subscription) == ("active", None), "looking ends nothing: programs look at links"
    for _ in range(2):
        reply = await notify.client.post(where, **CLICK)
        assert (reply.status_code, reply.json()) == (200, {"is_subscribed": False})
    assert await state(notify, subscription) == ("disabled", "unsubscribed")
    assert await state(notify, other) == ("active", None)
    await notify.post(f"/v1/subscriptions/{subscription['id']}/resume")
    assert await state(notify, subscription) == ("active", None), "who subscribed can take it up again"


async def test_a_signature_for_one_subscription_ends_no_other(notify: World) -> None:
    mine, other = await notify.subject(), await notify.subject(least_fit=80)
    moved = link(notify, mine["id"]).replace(mine["id"], other["id"])
    for url in (moved, link(notify, other["id"])[:-1], link(notify, str(uuid4())) + "x"):
        reply = await notify.client.post(url, **CLICK)
        assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")
    assert await state(notify, other) == ("active", None)


async def test_without_the_form_nothing_is_ended(notify: World) -> None:
    subscription = await notify.subject()
    reply = await notify.client.post(link(notify, subscription["id"]))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#")
    assert await state(notify, subscription) == ("active", None)


async def test_a_browser_gets_a_page_with_a_button_in_its_language(notify: World) -> None:
    subscription = await notify.subject()
    browser = {"Accept": "text/html,*/*", "Accept-Language": "en"}
    asking = await notify.client.get(link(notify, subscription["id"]), headers=browser)
    assert '<form method="post">' in asking.text
    assert asking.headers["referrer-policy"] == "no-referrer", "the address holds the signature"
    done = await notify.client.post(
        link(notify, subscription["id"]), **CLICK, headers={**browser, "Accept-Language": "zh"}
    )
    assert "已退订" in done.text
    assert "<form" not in done.text


async def test_what_was_deleted_is_ended_already(notify: World) -> None:
    subscription = await notify.subject()
    await notify.client.delete(f"/v1/subscriptions/{subscription['id']}", headers=notify.token())
    reply = await notify.client.post(link(notify, subscription["id"]), **CLICK)
    assert (reply.status_code, reply.json()) == (200, {"is_subscribed": False})


async def test_an_address_on_the_list_is_known_again_and_stands_nowhere(notify: World) -> None:
    hashes, database = service.hashes_of(notify.settings), Database(notify.settings)
    try:
        async with database.begin() as session:
            assert await service.suppress(session, hashes, "Li@example.com", SuppressionReason.BOUNCE, now())
            assert not await service.suppress(session, hashes, "li@EXAMPLE.com", SuppressionReason.REQUEST, now())
        async with database.begin() as session:
            assert await service.is_suppressed(session, hashes, "LI@example.com")
            assert not await service.is_suppressed(session, hashes, "wang@example.com")
            stranger = Fernet.generate_key().decode()
            other = notify.settings.model_copy(update={"secret_keys": (SecretStr(stranger),)})
            assert await repository.count_beyond(session, service.hashes_of(other).key_ids) == 1
        assert "example" not in await notify.one("SELECT string_agg(s::text, '') FROM suppressions s")
        async with database.begin() as session:
            assert await service.lift(session, hashes, "li@example.com")
            assert not await service.is_suppressed(session, hashes, "li@example.com")
    finally:
        await database.close()


def test_a_person_keeps_the_list_at_the_command_line(
    settings: NotifySettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verbs, "from_environment", lambda _: settings)
    for asked in ("add", "add", "check", "count", "lift", "check"):
        address = [] if asked == "count" else ["li@example.com"]
        monkeypatch.setattr("sys.argv", ["notify", "suppress", asked, *address])
        verbs.main()
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["suppressed", "suppressed before"]
    assert said[2].endswith(": request")
    assert said[3:] == ["email request: 1", "written to again", "not on the list"]
