"""Hears what catalog announces: keeps the copy of demands and of their contacts up to date, and what is evidence."""

from collections.abc import Mapping

from common import inbox
from common.clock import now
from common.consumption import Consumption, Handler
from common.contracts.catalog import ContactChanged, DemandSnapshot
from common.contracts.envelope import Envelope, being_read
from common.contracts.validations import ValidationSnapshot
from common.database import Database
from matcher.contacts import service as contacts
from matcher.demands import service
from matcher.profiles import service as profiles

DEMANDS = Consumption(stream="CATALOG", durable="matcher", subject="catalog.demand.*")
CONTACTS = Consumption(stream="CATALOG", durable="matcher-contacts", subject="catalog.contact.*")
VALIDATIONS = Consumption(stream="CATALOG", durable="matcher-validations", subject="catalog.validation.*")


def demand_handler(database: Database) -> Handler:
    async def handle(envelope: Envelope) -> None:
        with being_read():
            snapshot = DemandSnapshot.read(envelope.data.get("demand"))
        async with database.begin() as session:
            if await inbox.is_first_time(session, DEMANDS.durable, envelope.id):
                await service.receive(session, snapshot, now())

    return handle


def contact_handler(database: Database) -> Handler:
    async def handle(envelope: Envelope) -> None:
        with being_read():
            told = ContactChanged.read(envelope.data)
        async with database.begin() as session:
            if await inbox.is_first_time(session, CONTACTS.durable, envelope.id):
                await contacts.receive(session, told, now())

    return handle


def validation_handler(database: Database) -> Handler:
    async def handle(envelope: Envelope) -> None:
        with being_read():
            snapshot = ValidationSnapshot.read(envelope.data.get("validation"))
        async with database.begin() as session:
            if await inbox.is_first_time(session, VALIDATIONS.durable, envelope.id):
                await profiles.receive(session, snapshot, now())

    return handle


HEARD = (DEMANDS, CONTACTS, VALIDATIONS)


def handlers(database: Database) -> Mapping[str, Handler]:
    return {
        DEMANDS.durable: demand_handler(database),
        CONTACTS.durable: contact_handler(database),
        VALIDATIONS.durable: validation_handler(database),
    }
