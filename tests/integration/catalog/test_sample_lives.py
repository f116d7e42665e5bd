"""Sample projects, roadshows, pilots, transfers and policies, as the loader asks for them, are what catalog takes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from common.clock import new_id
from deploy.embedded.sample_data import by_id, demand_body
from deploy.embedded.sample_lives import Samples, asked
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers

MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SAMPLES = Samples(by_id("organisations"), by_id("demands"), by_id("dockings"), MIDNIGHT)
LIVES = by_id("lives")


class Play:
    """Answers what a life asks for; the matcher, which is not there, knows every docking."""

    def __init__(self, catalog: CatalogUnderTest) -> None:
        self.catalog = catalog

    def token(self, organisation: str, *roles: str) -> Headers:
        row = SAMPLES.organisations[organisation]
        return self.catalog.token(row["code"], row["name"], *roles, scheme=row["scheme"])

    async def prepare(self, life: dict[str, Any]) -> None:
        """Record whom it names, and publish the demands that it builds on."""
        operator = self.catalog.token("91370200264574251E", "运营者（示例）", "operator")
        for row in SAMPLES.organisations.values():
            if row["id"] in str(life):
                body = {"name": row["name"], "kind": "other"}
                await self.catalog.put(f"/v1/organisations/{row['scheme']}/{row['code']}", body, as_=operator)
        for look in [step["look"] for step in life["steps"] if step.get("look", "").startswith("demands/")]:
            row = SAMPLES.demands[look.split("/")[1]]
            owner = self.token(row["owner"], "publisher", "enterprise")
            where = await self.catalog.made("/v1/demands", demand_body(row, SAMPLES.began_at), as_=owner)
            for step in ("submit", "publish"):
                await self.catalog.took(f"{where}/{step}", as_=owner)

    async def through(self, life: dict[str, Any]) -> list[dict[str, Any]]:
        asking, replies = asked(life, SAMPLES), list[dict[str, Any]]()
        request = next(asking)
        while True:
            as_ = self.token(request.organisation, *request.roles)
            tag = {"If_Match": request.tag} if request.tag else {}
            reply: dict[str, Any]
            if request.service == "matcher" and request.method == "POST":
                replies.append(reply := {"id": str(new_id()), "state": "asked"})
            elif request.service == "matcher":
                title = SAMPLES.demands["haier-compressor-acoustic"]["title"]
                reply = {"items": [{"id": str(new_id()), "demand_title": title}]}
            elif request.method == "GET":
                reply = (await self.catalog.get(request.path, as_=as_)).json()
            elif isinstance(request.body, bytes):
                kind = {"Content-Type": "application/pdf"}
                sent = await self.catalog.http.put(request.path, content=request.body, headers=as_ | kind)
                assert sent.is_success, (request, sent.text)
                reply = sent.json()
            else:
                answer = await self.catalog.post(request.path, request.body, as_=as_, **tag)
                assert answer.is_success, (request, answer.text)
                replies.append(reply := answer.json())
            try:
                request = asking.send(reply)
            except StopIteration:
                return replies


ENDS = {
    "policy-of-pilot": "published",
    "container-gate-project": "published",
    "ocean-roadshow": "granted",
    "pressure-pilot": "booked",
    "acoustic-licence": "contracted",
    "port-scheduling-award": "tackling",
    "innovative-share": "reported",
    "first-use-subsidy": "open",
    "reefer-questions": "answered",
    "damage-images": "granted",
}


@pytest.mark.parametrize("name", ENDS)
async def test_each_life_is_taken_as_it_is_written(catalog: CatalogUnderTest, name: str) -> None:
    play = Play(catalog)
    await play.prepare(LIVES[name])
    assert (await play.through(LIVES[name]))[-1]["state"] == ENDS[name]


def test_every_life_of_catalog_is_played() -> None:
    """Those that ask only matcher are tried on a first run."""
    asking = {name: [step for step in life["steps"] if "path" in step] for name, life in LIVES.items()}
    elsewhere = {name for name, steps in asking.items() if all(step.get("service") == "matcher" for step in steps)}
    assert ENDS.keys() == LIVES.keys() - elsewhere
