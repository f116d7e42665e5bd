"""From a match to an agreement over all three services: both sides, a broker, and nobody else."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from tests.e2e import texts
from tests.support import scanning
from tests.support.eventually import eventually
from tests.support.follower import Test, following
from tests.support.parties import Json, Party, Town
from tests.support.stack import LiveStack

OWNER_CONTACT = {"name": "示例处长丙", "phone": "0532-00001111", "email": None}
FIRM_CONTACT = {"name": "示例工程师乙", "phone": None, "email": "engineer@example.com"}
OCTETS = {"Content-Type": "application/octet-stream"}
IMPORTED = "场景名称,应用需求,对接方式\n闸口示例,远程抄表,联系人：王小明，电话：0532-00003333\n"
PRIVATE = ("示例处长丙", "0532-00001111", "示例工程师乙", "engineer@example.com", "王小明", "0532-00003333")


def tells(news: str, match: Json) -> Test:
    """Whether an event tells of this news about this match."""

    def test(event: Json) -> bool:
        data = event["data"]
        about = data.get("docking") or data.get("interest")
        return about is not None and (data["news"], about["match_id"]) == (news, match["id"])

    return test


def everything(party: Party) -> str:
    """All subjects of an organisation."""
    return f"notify.uscc.{party.code}.>"


async def matched(agency: Party, firm: Party) -> Json:
    """The match of a demand with a contact and of a profile with one."""
    profile = await firm.save_profile(texts.fitting_profile())
    await firm.ask("PUT", "matcher", f"/v1/profiles/{profile['id']}/contact", FIRM_CONTACT)
    demand = await agency.publish(texts.demand(contact=OWNER_CONTACT))

    async def found() -> Json | None:
        both = await firm.matches(demand_id=demand["id"], profile_id=profile["id"])
        return both[0] if both else None

    match = await eventually(found, within=20, what="the match")
    assert match is not None
    return match


def tomorrow() -> Json:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    ends_at = start + timedelta(hours=1)
    return {"starts_at": start.isoformat(), "ends_at": ends_at.isoformat(), "place": "示例港区三号会议室"}


async def test_two_sides_and_a_broker_go_from_a_match_to_an_agreement(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    broker, stranger = people.enterprise("示例技术经纪公司"), people.enterprise("示例旁观公司")
    for party in (agency, firm, stranger):
        await party.subscribe_on_nats()
    match = await matched(agency, firm)
    sheet = await agency.send("POST", "catalog", "/v1/imports", IMPORTED.encode(), OCTETS)
    assert sheet.status_code == 202, sheet.text
    async with (
        following(stack.broker, everything(agency)) as at_agency,
        following(stack.broker, everything(firm)) as at_firm,
        following(stack.broker, everything(stranger)) as at_stranger,
    ):
        # The firm is interested, and the agency hears of it.
        await firm.ask("POST", "matcher", f"/v1/matches/{match['id']}/express-interest")
        await at_agency.has(tells("matcher.interest.interested", match))

        # A broker docks for the firm by mandate.
        expires_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        mandate = await firm.ask(
            "POST",
            "matcher",
            "/v1/mandates",
            {
                "broker": broker.key,
                "broker_name": broker.name,
                "powers": ["open", "arrange"],
                "expires_at": expires_at,
            },
        )
        by = f"?mandate_id={mandate['id']}"
        docking = await broker.ask("POST", "matcher", f"/v1/dockings{by}", {"match_id": match["id"]})
        opened = await at_agency.has(tells("matcher.docking.opened", match))
        assert opened["type"] == "notify.docking.notified"
        assert opened["data"]["act"]["on_behalf_of"] == firm.key
        assert opened["data"]["act"]["actor"] == broker.key
        assert (docking["next"]["side"], docking["next"]["is_overdue"]) == ("owner", False)
        # What its broker does, the firm hears of too.
        await at_firm.has(tells("matcher.docking.opened", match))

        # The agency offers a time, the broker takes it, the firm puts it into its calendar.
        path = f"/v1/dockings/{docking['id']}"
        offer = {"docking_ids": [docking["id"]], "slots": [tomorrow()]}
        [slot] = (await agency.ask("POST", "matcher", "/v1/slots", offer))["slots"]
        await at_firm.has(tells("matcher.docking.slots_offered", match))
        met = await broker.ask("POST", "matcher", f"{path}/slots/{slot['id']}/take{by}")
        assert met["state"] == "meeting"
        file = await firm.send("GET", "matcher", f"{path}/meetings/{met['meeting']['id']}.ics")
        [event] = Calendar.from_ical(file.content).walk("VEVENT")
        assert event["uid"] == met["meeting"]["id"]

        # Both agree; until then nobody sees a contact, and the broker may not agree for the firm.
        assert (await broker.send("POST", "matcher", f"{path}/agree{by}", {})).status_code == 403
        await agency.ask("POST", "matcher", f"{path}/agree", {})
        await at_firm.has(tells("matcher.docking.agreement_proposed", match))
        assert (await firm.send("GET", "matcher", f"{path}/contacts")).status_code == 409
        agreed = await firm.ask("POST", "matcher", f"{path}/agree", {})
        assert (agreed["state"], agreed["next"]) == ("agreed", None)
        await at_agency.has(tells("matcher.docking.agreed", match))

        # Each sees whom to call: the one from catalog, the other from the matcher; the looks are on record.
        contacts = await firm.ask("GET", "matcher", f"{path}/contacts")
        assert contacts == {"owner": OWNER_CONTACT, "enterprise": FIRM_CONTACT}
        [look] = await agency.listed("matcher", f"{path}/contact-reads")
        assert (look["side"], look["reader"]) == ("enterprise", firm.key)

    acts = [(one["action"], one["on_behalf_of"]) for one in await agency.listed("matcher", f"{path}/acts")]
    assert list(reversed(acts)) == [
        ("open", firm.key),
        ("offer_slots", None),
        ("take_slot", firm.key),
        ("agree", None),
        ("agree", None),
    ]
    await _nobody_else_heard(people, match, docking, at_stranger.events)
    await _nothing_private_lies_open(stack, agency, sheet.headers["location"])
    told = str([*at_agency.events.values(), *at_firm.events.values()])
    assert not any(secret in told for secret in ("0532-00001111", "engineer@example.com"))


async def _nothing_private_lies_open(stack: LiveStack, agency: Party, imported: str) -> None:
    async def is_read() -> bool:
        report = await agency.ask("GET", "catalog", imported)
        return bool(report["state"] == "read")

    await eventually(is_read, within=20, what="the report of the import")
    assert await scanning.places(stack, PRIVATE) == set()
    # That it finds what is not sealed:
    assert {"organisations.code", "demands.owner_code"} <= await scanning.columns(stack, "catalog", [agency.code])


async def _nobody_else_heard(people: Town, match: Json, docking: Json, heard: Json) -> None:
    assert not [event for event in heard.values() if event["data"].get("docking") or event["data"].get("interest")]
    other = people.enterprise()
    for part in ("", "/contacts", "/acts"):
        assert (await other.send("GET", "matcher", f"/v1/dockings/{docking['id']}{part}")).status_code == 404
    assert (await other.send("GET", "matcher", f"/v1/matches/{match['id']}")).status_code == 404
