"""Contacts are seen once both sides allow it, by nobody else and nowhere else, and who saw them is on record."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

import matcher as package
from common.clock import new_id, now
from common.contracts.catalog import ContactChanged
from common.contracts.contacts import Contact, SealedContact
from common.own_data import service as own_data
from common.own_data.table import own_tables
from common.vault import Vault
from matcher.contacts import service as contacts
from matcher.upkeep import repository as upkeep
from tests.integration.matcher.docking_parties import FIRM_CONTACT, PORT_CONTACT, Docked, matched, outbox_text
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House
from tests.support.keys import SEALING_KEY

SECRETS = ("示例工程师", "0532-11110000", "示例处长", "owner@example.com")


@pytest.fixture
async def docked(house: House) -> Docked:
    docked = await matched(house)
    await tell(docked, 1, PORT_CONTACT)
    await docked.ok(FIRM, f"/v1/profiles/{docked.match['profile_id']}/contact", FIRM_CONTACT, method="PUT")
    return docked


async def test_a_contact_that_catalog_sealed_is_opened_and_stored_sealed_anew(docked: Docked) -> None:
    other = {"name": "示例处长", "phone": None, "email": "sealed@example.com"}
    sealed = SealedContact.model_validate(Vault([SEALING_KEY]).seal_json(other))
    said = ContactChanged(demand_id=docked.match["demand_id"], demand_version=2, contact=None, sealed=sealed)
    async with docked.house.database.begin() as session:
        await contacts.receive(session, said, now())
        stored = (await session.scalars(text("SELECT contact::text FROM known_contacts"))).all()
    assert not [row for row in stored if "@" in row or "示例" in row]
    await docked.open(FIRM)
    for who in (FIRM, PORT):
        await docked.acts(who, "share-contact")
    assert (await docked.read(FIRM, "/contacts"))["owner"] == other


async def test_an_erased_contact_is_seen_no_more_and_the_ranking_replays(docked: Docked) -> None:
    await docked.open(FIRM)
    for who in (FIRM, PORT):
        await docked.acts(who, "share-contact")
    ranking = f"/v1/rankings/{docked.match['ranking_id']}/replay"
    before = await docked.send(FIRM, ranking)
    async with docked.house.database.begin() as session:
        erased = await own_data.erase(session, own_tables(Path(package.__file__).parent), FIRM)
    assert (erased["known_contacts"], erased["shared_contacts"]) == (1, 1)
    refused = await docked.send(PORT, f"{docked.path}/contacts", method="GET")
    assert (refused.status_code, "waiting for: enterprise" in refused.json()["detail"]) == (409, True)
    after = await docked.send(FIRM, ranking)
    assert (after.status_code, after.json()) == (200, before.json())


async def test_what_was_shared_is_forgotten_some_time_after_the_docking_ended(docked: Docked) -> None:
    await docked.open(FIRM)
    for who in (FIRM, PORT):
        await docked.acts(who, "share-contact")
    async with docked.house.database.begin() as session:
        await upkeep.forget_shared(session, now())
    assert (await docked.read(FIRM, "/contacts"))["owner"] == PORT_CONTACT
    async with docked.house.database.begin() as session:
        await session.execute(text("UPDATE dockings SET ended_at = :at"), {"at": now()})
        await upkeep.forget_shared(session, now())
    assert (await docked.send(FIRM, f"{docked.path}/contacts", method="GET")).status_code == 409


async def tell(docked: Docked, version: int, contact: object) -> None:
    """Catalog tells of the demand's contact."""
    said = ContactChanged(
        demand_id=docked.match["demand_id"],
        demand_version=version,
        contact=Contact.model_validate(contact) if contact else None,
    )
    async with docked.house.database.begin() as session:
        await contacts.receive(session, said, now())


async def test_contacts_are_seen_when_both_share_and_not_before(docked: Docked) -> None:
    await docked.open(FIRM)
    await docked.acts(FIRM, "share-contact")
    for who in (FIRM, PORT):
        refused = await docked.send(who, f"{docked.path}/contacts", method="GET")
        assert refused.status_code == 409
        assert "waiting for: owner" in refused.json()["detail"]
    shown = await docked.acts(PORT, "share-contact")
    assert shown["shared_by"] == ["enterprise", "owner"]
    seen = await docked.read(FIRM, "/contacts")
    assert seen == {"owner": PORT_CONTACT, "enterprise": FIRM_CONTACT}


async def test_to_agree_is_to_share(docked: Docked) -> None:
    await docked.meet()
    await docked.acts(PORT, "agree")
    assert (await docked.send(PORT, f"{docked.path}/contacts", method="GET")).status_code == 409
    await docked.acts(FIRM, "agree")
    assert (await docked.read(PORT, "/contacts"))["enterprise"] == FIRM_CONTACT


async def test_each_look_is_on_record_and_both_sides_read_the_record(docked: Docked) -> None:
    await docked.open(FIRM)
    for who in (FIRM, PORT):
        await docked.acts(who, "share-contact")
    await docked.read(PORT, "/contacts")
    await docked.read(FIRM, "/contacts")
    record = await docked.read(FIRM, "/contact-reads")
    assert [(one["side"], one["reader"]["code"]) for one in record["items"]] == [
        ("enterprise", FIRM.code),
        ("owner", PORT.code),
    ]
    assert await docked.read(PORT, "/contact-reads") == record


async def test_a_refused_look_is_no_look(docked: Docked) -> None:
    await docked.open(FIRM)
    await docked.send(PORT, f"{docked.path}/contacts", method="GET")
    assert (await docked.read(FIRM, "/contact-reads"))["items"] == []


async def test_a_contact_given_for_this_docking_is_the_one_shown(docked: Docked) -> None:
    await docked.open(FIRM)
    other = {"name": "示例经理", "phone": "0532-22220000", "email": None}
    await docked.acts(PORT, "share-contact", {"contact": other})
    await docked.acts(FIRM, "share-contact")
    assert (await docked.read(FIRM, "/contacts"))["owner"] == other


async def test_who_has_no_contact_is_asked_for_one(docked: Docked) -> None:
    await tell(docked, 2, None)
    await docked.open(FIRM)
    refused = await docked.act(PORT, "share-contact")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/contact")


async def test_an_older_word_of_a_contact_comes_too_late(docked: Docked) -> None:
    await tell(docked, 3, None)
    await tell(docked, 2, PORT_CONTACT)
    await docked.open(FIRM)
    assert (await docked.act(PORT, "share-contact")).status_code == 422


async def test_a_contact_is_in_no_event_no_log_and_no_reply_to_others(
    docked: Docked, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await docked.meet()
    for who in (PORT, FIRM):
        await docked.acts(who, "agree")
    await docked.read(FIRM, "/contacts")
    profile = (await docked.send(OTHER_FIRM, f"/v1/profiles/{docked.match['profile_id']}", method="GET")).text
    pages = [profile, (await docked.send(OTHER_FIRM, "/v1/profiles", method="GET")).text]
    for who in (FIRM, PORT):
        pages += [str(await docked.read(who, part)) for part in ("", "/acts", "/contact-reads", "/slots")]
        pages += [(await docked.send(who, f"/v1/matches/{docked.match['id']}", method="GET")).text]
    told = "\n".join([await outbox_text(docked.house), capsys.readouterr().out, caplog.text, *pages])
    assert [secret for secret in SECRETS if secret in told] == []


async def test_the_contact_of_a_profile_is_its_owners_to_read_and_to_forget(docked: Docked) -> None:
    path = f"/v1/profiles/{docked.match['profile_id']}/contact"
    assert await docked.ok(FIRM, path, method="GET") == {"contact": FIRM_CONTACT}
    assert (await docked.send(OTHER_FIRM, path, method="GET")).status_code == 404
    assert (await docked.send(OTHER_FIRM, path, FIRM_CONTACT, method="PUT")).status_code == 404
    assert (await docked.send(FIRM, path, method="DELETE")).status_code == 204
    assert await docked.ok(FIRM, path, method="GET") == {"contact": None}


async def test_a_profile_that_is_withdrawn_has_its_contact_forgotten(docked: Docked) -> None:
    profile = f"/v1/profiles/{docked.match['profile_id']}"
    await docked.ok(FIRM, f"{profile}/withdraw")
    assert await docked.house.one("SELECT count(*) FROM known_contacts WHERE kind = 'profile'") == 0
    refused = await docked.send(FIRM, f"{profile}/contact", FIRM_CONTACT, method="PUT")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not_allowed_now")


def test_the_private_event_is_on_a_subject_of_its_own() -> None:
    event = ContactChanged(demand_id=new_id(), demand_version=1, contact=None)
    assert (event.stream, event.subject()) == ("CATALOG", "catalog.contact.changed")
