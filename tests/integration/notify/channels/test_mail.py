"""E-mail to an address that somebody confirmed, by a real SMTP server: what arrives, and what each refusal leads to."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr, ValidationError

from common.fields import OrganisationKey
from notify.deliveries.news import CONFIRMATION
from notify.settings import NotifySettings
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.certificates import Authority
from tests.support.eventually import eventually
from tests.support.mail_server import Mail, MailServer

READER = "reader@example.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def settings(keyed: NotifySettings, mail_server: MailServer) -> NotifySettings:
    return keyed.model_copy(update=_led_to(mail_server))


def _led_to(server: MailServer) -> dict[str, object]:
    return {
        "smtp_host": "localhost",
        "smtp_port": server.port,
        "smtp_tls": "none",
        "smtp_sender": "notify@city.example",
        "smtp_timeout_s": 5.0,
    }


async def _asked(notify: World, language: str = "zh") -> Any:
    channel = {"type": "email", "address": READER, "language": language}
    reply = await notify.post("/v1/subscriptions", {"channel": channel})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def _confirmed(notify: World, server: MailServer, language: str = "zh") -> Any:
    """A subscription whose address was confirmed by the link that was sent there."""
    made = await _asked(notify, language)
    [mail] = await eventually(lambda: server.received, within=30)
    reply = await notify.client.post(_link(mail), content=b"Confirm=Yes", headers=FORM)
    assert (reply.status_code, reply.json()) == (200, {"is_confirmed": True})
    return made


def _link(mail: Mail) -> str:
    """The path of the link that asks for confirmation."""
    found = re.search(r"https://notify\.example(/v1/confirm/\S+)", mail.text("plain"))
    assert found is not None
    return found[1]


async def _tried(notify: World, count: int = 1, of: str | None = None) -> Any:
    """The delivery of a match, or of other news, once it was tried so often."""

    async def has_attempts() -> Any:
        found = [each["id"] for each in await notify.deliveries() if each["news_type"] == of]
        shown = await notify.delivery(found[0]) if found else {"attempts": []}
        return shown if len(shown["attempts"]) == count else None

    tried = await eventually(has_attempts)
    # Once more: the attempts were read after the delivery.
    return await notify.delivery(tried["id"])


async def test_nothing_is_sent_to_an_address_before_it_is_confirmed(notify: World, mail_server: MailServer) -> None:
    made = await _asked(notify)
    assert (made["state"], made["channel"]["address"]) == ("pending", READER)
    async with notify.working():
        [asking] = await eventually(lambda: mail_server.received, within=30)
        await notify.computed(a_match())
        held = await eventually(lambda: _waiting(notify))
        link = _link(asking)
        page = await notify.client.get(link, headers={"Accept": "text/html", "Accept-Language": "zh"})
        assert (page.status_code, "确认" in page.text) == (200, True)
        # Programs that look at links have confirmed nothing.
        assert (await notify.client.get(link)).json() == {"is_confirmed": False}
        assert (await notify.client.post(link, content=b"Confirm=Yes", headers=FORM)).status_code == 200
        await notify.settled(2)
    assert (await notify.get(f"/v1/subscriptions/{made['id']}"))["state"] == "active"
    assert [mail.message["Message-ID"] for mail in mail_server.received][1] == f"<{held['id']}@city.example>"


async def _waiting(notify: World) -> Any:
    return next((each for each in await notify.deliveries() if each["state"] == "held"), None)


async def test_a_link_confirms_only_what_it_was_signed_for(notify: World, mail_server: MailServer) -> None:
    made = await _asked(notify)
    async with notify.working():
        [asking] = await eventually(lambda: mail_server.received, within=30)
    link = _link(asking)
    for wrong in (link.replace("expires=", "expires=9"), link[:-1] + "_", link.replace(made["id"], made["id"][::-1])):
        reply = await notify.client.post(wrong, content=b"Confirm=Yes", headers=FORM)
        assert reply.status_code in (404, 422), wrong
    assert (await notify.get(f"/v1/subscriptions/{made['id']}"))["state"] == "pending"
    resumed = await notify.post(f"/v1/subscriptions/{made['id']}/resume")
    assert resumed.status_code == 409


async def test_an_address_is_asked_three_times_a_day_at_most(notify: World) -> None:
    for least_fit in (50, 60, 70):
        body = {"channel": {"type": "email", "address": READER}, "filters": {"least_fit": least_fit}}
        assert (await notify.post("/v1/subscriptions", body)).status_code == 201
    body = {"channel": {"type": "email", "address": READER.upper()}, "filters": {"least_fit": 80}}
    assert (await notify.post("/v1/subscriptions", body)).status_code == 409


async def test_one_mailbox_is_one_address_whatever_its_tag(notify: World) -> None:
    replies = [await _asking(notify, f"reader+{tag}@example.com") for tag in range(4)]
    assert replies == [201, 201, 201, 409]


async def test_an_organisation_has_only_so_many_addresses_asked(notify: World) -> None:
    replies = [await _asking(notify, f"reader{number}@example.com") for number in range(11)]
    assert replies == [201] * 10 + [409]
    assert await _asking(notify, "somebody@example.com", PORT) == 201


async def _asking(notify: World, address: str, by: OrganisationKey = FIRM) -> int:
    """The status of the reply to a subscription."""
    reply = await notify.post("/v1/subscriptions", {"channel": {"type": "email", "address": address}}, by)
    return int(reply.status_code)


async def test_a_mail_says_it_in_plain_text_and_html(notify: World, mail_server: MailServer) -> None:
    title = "岸桥\r\nBcc: all@example.com <script>alert(1)</script>" + "与智能调度" * 20
    async with notify.working():
        made = await _confirmed(notify, mail_server)
        match = a_match()
        await notify.computed(match.model_copy(update={"demand_title": title}))
        await notify.settled(2)
    mail = mail_server.received[1]
    message = mail.message
    assert message["Subject"].startswith("新的撮合：岸桥 Bcc: all@example.com <script>")
    assert (message["Bcc"], mail.recipients) == (None, (READER,))
    assert "示例港口集团" in mail.text("plain")
    assert "<script>" not in mail.text("html")
    assert "&lt;script&gt;" in mail.text("html")
    assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))
    where = f"https://notify.example/v1/unsubscribe/{made['id']}?signature="
    assert mail.raw.startswith(b"List-Unsubscribe: <" + where.encode())
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsedate_to_datetime(message["Date"])
    ending = urlsplit(re.findall(r"https://notify\.example/v1/unsubscribe\S+", mail.text("plain"))[0])
    reply = await notify.client.post(
        f"{ending.path}?{ending.query}", content=b"List-Unsubscribe=One-Click", headers=FORM
    )
    assert reply.json() == {"is_subscribed": False}


async def test_english_readers_get_english(notify: World, mail_server: MailServer) -> None:
    async with notify.working():
        await _confirmed(notify, mail_server, "en")
        await notify.computed(a_match())
        await notify.settled(2)
    assert mail_server.received[0].message["Subject"] == "Confirm where notices are to go"
    assert mail_server.received[1].message["Subject"].startswith("New match: ")


async def test_a_mail_that_is_refused_for_now_comes_again_the_same(notify: World, mail_server: MailServer) -> None:
    async with notify.working():
        await _confirmed(notify, mail_server)
        mail_server.refuse_data("451 4.7.1 greylisted, come back later", "552 5.3.4 message too big")
        await notify.computed(a_match())
        delivery = await _tried(notify)
        assert (delivery["state"], delivery["reason"]) == ("pending", "smtp_451")
        assert delivery["attempts"][0]["answer"].startswith("451 4.7.1 greylisted")
        notify.clock.let_pass(seconds=6)
        given_up = await _tried(notify, 2)
    assert (given_up["state"], given_up["reason"]) == ("abandoned", "mail_refused")


RECIPIENTS = [
    ("550 5.1.1 no such user", "abandoned", "address_refused", "disabled"),
    ("550 no such user here", "abandoned", "address_refused", "disabled"),
    ("552 5.2.2 mailbox full", "abandoned", "mailbox_full", "active"),
    ("550 5.7.1 not by our policy", "abandoned", "mail_refused", "active"),
    ("450 4.2.0 try later", "pending", "smtp_450", "active"),
]


@pytest.mark.parametrize(("reply", "state", "reason", "subscription"), RECIPIENTS)
async def test_what_is_said_of_the_address_decides(
    notify: World, mail_server: MailServer, reply: str, state: str, reason: str, subscription: str
) -> None:
    async with notify.working():
        made = await _confirmed(notify, mail_server)
        mail_server.refuse_recipients(reply)
        await notify.computed(a_match())
        delivery = await _tried(notify)
    shown = await notify.get(f"/v1/subscriptions/{made['id']}")
    assert (delivery["state"], delivery["reason"], shown["state"]) == (state, reason, subscription)


async def test_a_server_that_is_away_is_tried_again(notify: World, mail_server: MailServer) -> None:
    await _asked(notify)
    async with notify.working(smtp_port=9):
        delivery = await _tried(notify, of=CONFIRMATION)
    assert (delivery["state"], delivery["reason"]) == ("pending", "connection_failed")


async def test_a_mail_that_was_taken_is_sent_however_the_server_parts(
    notify: World, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.channels.mail.QUIT_WITHIN_S", 2.5)
    mail_server.ignore_good_byes()
    await _asked(notify)
    async with notify.working(smtp_timeout_s=2.0):
        delivery = await _tried(notify, of=CONFIRMATION)
    assert (delivery["state"], len(mail_server.received)) == ("sent", 1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def guarded(authority: Authority) -> Iterator[MailServer]:
    """Takes mail after STARTTLS and a login alone."""
    certificate = authority.certificate("localhost")
    with MailServer((certificate.chain, certificate.key), ("notify", "word")) as running:
        yield running


async def test_a_server_with_starttls_and_a_login_gets_both(
    notify: World, guarded: MailServer, authority: Authority
) -> None:
    await _asked(notify)
    login = {"smtp_user": "notify", "smtp_password": SecretStr("word")}
    secure = {**_led_to(guarded), "smtp_tls": "starttls", "smtp_ca": authority.ca, **login}
    async with notify.working(**secure):
        await eventually(lambda: guarded.received)
    [mail] = guarded.received
    assert mail.recipients == (READER,)


async def test_a_certificate_nobody_vouches_for_gets_no_mail(notify: World, guarded: MailServer) -> None:
    await _asked(notify)
    async with notify.working(**{**_led_to(guarded), "smtp_tls": "starttls"}):
        delivery = await _tried(notify, of=CONFIRMATION)
    assert (delivery["state"], delivery["reason"]) == ("pending", "tls_failed")
    assert guarded.received == []


async def test_a_wrong_login_is_tried_again_and_disables_nobody(
    notify: World, guarded: MailServer, authority: Authority
) -> None:
    made = await _asked(notify)
    login = {"smtp_user": "notify", "smtp_password": SecretStr("another")}
    async with notify.working(**{**_led_to(guarded), "smtp_tls": "starttls", "smtp_ca": authority.ca, **login}):
        delivery = await _tried(notify, of=CONFIRMATION)
    assert (delivery["state"], delivery["reason"]) == ("pending", "login_refused")
    assert (await notify.get(f"/v1/subscriptions/{made['id']}"))["state"] == "pending"


@pytest.mark.parametrize("address", ["单位@example.com", "a@b", "a b@example.com", "a@example.com\r\nBcc: b@c.example"])
async def test_what_is_no_plain_address_is_refused_at_entry(notify: World, address: str) -> None:
    reply = await notify.post("/v1/subscriptions", {"channel": {"type": "email", "address": address}})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/channel/address")


async def test_another_address_is_another_subscription(notify: World) -> None:
    made = await _asked(notify)
    change = {"channel": {"type": "email", "address": "somebody-else@example.com"}}
    headers = {**notify.token(), "If-Match": '"1"'}
    reply = await notify.client.patch(f"/v1/subscriptions/{made['id']}", json=change, headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/channel/address")


def test_settings_that_would_show_a_password_are_refused(settings: NotifySettings) -> None:
    given = {**settings.model_dump(), "smtp_user": "notify", "smtp_password": "word", "smtp_tls": "none"}
    with pytest.raises(ValidationError, match="NOTIFY_SMTP_TLS"):
        NotifySettings(**given)
