"""A matcher and a notify in which one tenant has one of everything, and all routes that take an id, by document."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
from fastapi import FastAPI

from common.permissions.table import Permission, of_service
from tests.attack.bodies import Bodies
from tests.integration.matcher.docking_parties import BROKER, FIRM_CONTACT, PORT_CONTACT, Docked, matched
from tests.integration.matcher.objecting import STATEMENT
from tests.integration.matcher.service_under_test import FIRM, PORT, House
from tests.integration.matcher.test_imports import FIRST, HEADER
from tests.integration.notify.service_under_test import World
from tests.support import messy_files as files

BEYOND_SCHEMA: dict[str, Any] = {"replace_contact": FIRM_CONTACT}
"""Bodies of routes that ask for more than a schema can say."""
Ids = dict[str, str]
"""What there is, by the name of the parameter that stands for it."""


class IdRoute(NamedTuple):
    """A route with an id in its address."""

    operation: str
    method: str
    template: str
    row: Permission
    query: Mapping[str, str]
    body: Any

    def path(self, ids: Ids) -> str:
        """Raises KeyError for a parameter that nothing stands for yet: make one, and name it in `things_of_…`."""
        return self.template.format_map(ids)


def id_routes(service: str, app: FastAPI) -> Iterator[IdRoute]:
    """All that the document of the service has, so that a new one is tried too."""
    document, table = app.openapi(), of_service(service)
    bodies = Bodies(document)
    for template, methods in document["paths"].items():
        for method, operation in methods.items():
            if "{" in template:
                name = operation["operationId"]
                needed = [
                    each for each in operation.get("parameters", ()) if each["in"] == "query" and each["required"]
                ]
                body = BEYOND_SCHEMA.get(name) or bodies.plainest(name)
                query = {each["name"]: "1" for each in needed}
                yield IdRoute(name, method.upper(), template, table.rows[name], query, body)


async def send(client: httpx.AsyncClient, route: IdRoute, ids: Ids, token: Mapping[str, str]) -> httpx.Response:
    headers = {**token, "If-Match": '"1"'}
    return await client.request(
        route.method, route.path(ids), params=dict(route.query), json=route.body, headers=headers
    )


async def things_of_matcher(house: House) -> Ids:
    """FIRM and PORT have met in a docking; FIRM has given a mandate, imported a file and objected."""
    docked = await matched(house)
    await docked.ok(FIRM, f"/v1/profiles/{docked.match['profile_id']}/contact", FIRM_CONTACT, method="PUT")
    mandate = await docked.mandate(FIRM, "open", "fail")
    told = await docked.meet()
    for side, contact in ((FIRM, FIRM_CONTACT), (PORT, PORT_CONTACT)):
        await docked.acts(side, "share-contact", {"contact": contact})
    [slot] = await docked.offer(PORT, 5)
    return {
        "profile_id": docked.match["profile_id"],
        "demand_id": docked.match["demand_id"],
        "match_id": docked.match["id"],
        "ranking_id": docked.match["ranking_id"],
        "import_id": await _imported(house),
        "docking_id": docked.docking["id"],
        "slot_id": slot["id"],
        "meeting_id": told["meeting"]["id"],
        "mandate_id": mandate,
        "objection_id": await _objected(docked),
    }


async def _imported(house: House) -> str:
    headers = {**house.token(FIRM), "Content-Type": "application/octet-stream"}
    reply = await house.client.post("/v1/imports", content=files.table(HEADER, FIRST), headers=headers)
    assert reply.is_success, reply.text
    return str(reply.headers["location"]).rpartition("/")[2]


async def _objected(docked: Docked) -> str:
    body = {"subject": "ranking", "demand_id": docked.match["demand_id"], "statement": STATEMENT}
    return str((await docked.ok(FIRM, "/v1/objections", body))["id"])


PARTIES_OF_MATCHER = (FIRM, PORT, BROKER)


async def things_of_notify(world: World) -> Ids:
    """FIRM has a webhook, which is asked first: that is a delivery."""
    subscription = await world.webhook("http://127.0.0.1:9/hook")
    [challenge] = await world.challenges()
    return {"subscription_id": subscription["id"], "delivery_id": challenge["id"]}
