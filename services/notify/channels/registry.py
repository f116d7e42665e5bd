"""All channels: how each is addressed, and which record a delivery or send it."""

from collections.abc import Mapping

from common.database import Database
from common.vault import Vault
from notify.channels import browser, dingtalk, feishu, mail, nats, robots, webhook, wecom
from notify.channels.confirmation import ConfirmationLinks
from notify.channels.notices import NoticeWording
from notify.channels.shape import AddressOf, Senders
from notify.deliveries.service import Recorders
from notify.egress import Egress, Guard
from notify.settings import NotifySettings
from notify.subscriptions.rules import Channel
from notify.subscriptions.unsubscribe import UnsubscribeLinks
from notify.suppressions import service as suppressions

RECORDERS: Recorders = {Channel.NATS: nats.record, Channel.BROWSER: browser.record}
VENDORS = {Channel.DINGTALK: dingtalk.VENDOR, Channel.WECOM: wecom.VENDOR, Channel.FEISHU: feishu.VENDOR}


def addresses(settings: NotifySettings) -> Mapping[Channel, AddressOf]:
    guard = Guard(allow_loopback=settings.allow_loopback)
    to_webhook = webhook.addressing(guard, ports=settings.webhook_ports, is_development=settings.allow_loopback)
    bases = _bases(settings)
    return {
        Channel.NATS: nats.address_of,
        Channel.WEBHOOK: to_webhook,
        **{channel: robots.addressing(vendor, bases[channel]) for channel, vendor in VENDORS.items()},
        Channel.EMAIL: mail.addressing(settings),
        Channel.BROWSER: browser.address_of,
    }


def senders(database: Database, egress: Egress, vault: Vault, settings: NotifySettings) -> Senders:
    at_once, wording, bases = settings.webhook_concurrency, NoticeWording(settings.notice_link), _bases(settings)
    sent_with = robots.Robots(egress, vault, wording, at_once)
    return {
        Channel.WEBHOOK: webhook.Webhook(egress, vault, at_once, settings.webhook_per_minute),
        **{channel: robots.Robot(sent_with, vendor, bases[channel]) for channel, vendor in VENDORS.items()},
        Channel.EMAIL: mail.Mail(settings, _post(database, wording, settings)),
    }


def _bases(settings: NotifySettings) -> Mapping[Channel, str]:
    return {
        Channel.DINGTALK: settings.dingtalk_url,
        Channel.WECOM: settings.wecom_url,
        Channel.FEISHU: settings.feishu_url,
    }


def _post(database: Database, wording: NoticeWording, settings: NotifySettings) -> mail.Post:
    hashes = suppressions.hashes_of(settings)

    async def is_suppressed(address: str) -> bool:
        async with database.reading() as session:
            return await suppressions.is_suppressed(session, hashes, address)

    return mail.Post(wording, UnsubscribeLinks.of(settings), ConfirmationLinks.of(settings), is_suppressed)
