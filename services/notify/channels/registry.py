"""All channels: how each is addressed, and which record a delivery or send it."""

from collections.abc import Mapping

from notify.channels import nats, webhook
from notify.channels.shape import AddressOf, Senders
from notify.deliveries.service import Recorders
from notify.egress import Egress, Guard
from notify.settings import NotifySettings
from notify.subscriptions.rules import Channel
from notify.vault import Vault

RECORDERS: Recorders = {Channel.NATS: nats.record}


def addresses(settings: NotifySettings) -> Mapping[Channel, AddressOf]:
    guard = Guard(allow_loopback=settings.allow_loopback)
    to_webhook = webhook.addressing(guard, ports=settings.webhook_ports, is_development=settings.allow_loopback)
    return {Channel.NATS: nats.address_of, Channel.WEBHOOK: to_webhook}


def senders(egress: Egress, vault: Vault) -> Senders:
    return {Channel.WEBHOOK: webhook.Webhook(egress, vault)}
