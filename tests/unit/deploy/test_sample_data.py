"""The sample files, as the loader sends them, are what the services accept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from catalog.demands.schemas import Amendment, DemandContent
from catalog.lists.schemas import ListContent
from catalog.organisations.schemas import OrganisationIn
from catalog.proposals.schemas import ProposalContent, ProposalTaking
from common.clock import now
from common.fields import Frozen
from deploy.embedded.sample_data import (
    ENTERPRISE,
    FOLDER,
    by_id,
    demand_body,
    organisation_body,
    profile_body,
    rows,
    sample_groups,
)
from deploy.embedded.sample_dockings import dock
from deploy.embedded.sample_lists import ListCall, draw_up
from deploy.embedded.sample_record import Record
from matcher.dockings.meetings.schemas import SlotsIn
from matcher.dockings.schemas import AgreementIn, DockingIn
from matcher.profiles.schemas import ProfileIn


@pytest.mark.parametrize("row", rows("organisations"), ids=lambda row: row["id"])
def test_each_organisation_is_accepted(row: dict[str, object]) -> None:
    OrganisationIn.model_validate(organisation_body(row))


@pytest.mark.parametrize("row", rows("offers"), ids=lambda row: row["id"])
def test_each_offer_is_accepted(row: dict[str, object]) -> None:
    ProfileIn.model_validate(profile_body(row, by_id("organisations")[str(row["organisation"])]))


@pytest.mark.parametrize("row", rows("demands"), ids=lambda row: row["id"])
def test_each_demand_is_accepted_and_still_open(row: dict[str, object]) -> None:
    content = DemandContent.model_validate(demand_body(row, datetime.now(UTC)))
    assert content.closes_at is not None
    assert content.closes_at > now()


def test_each_sample_is_sent_once() -> None:
    sent = [sample.name for group in sample_groups() for sample in group]
    files = ("organisations", "offers", "demands", "dockings", "validations", "lives", "lists", "claims")
    known = {f"{file}/{row['id']}" for file in files for row in rows(file)}
    known |= {f"calls/{row['id']}" for row in rows("claims")}
    assert len(sent) == len(set(sent))
    assert {name for name in sent if not name.startswith("subscriptions/")} == known


@pytest.mark.parametrize("file", ["dockings", "validations"])
def test_what_waits_for_a_match_waits_for_no_other(file: str) -> None:
    """All others together take the matcher a minute. As early are a call for solutions, open for some seconds, and the
    offer that a person's first requests are about."""
    sent = [sample.name for group in sample_groups() for sample in group]
    matched = [row for name in ("claims", "dockings", "validations") for row in rows(name)]
    needed = {name for row in matched for name in (f"offers/{row['offer']}", f"demands/{row['demand']}")}
    before = sent[: min(at for at, name in enumerate(sent) if name.startswith(f"{file}/"))]
    needed |= {f"offers/{row['id']}" for row in rows("offers") if row["organisation"] == ENTERPRISE}
    assert {name for name in before if name.startswith(("offers/", "demands/"))} == needed


def test_the_record_outlives_the_process_and_keeps_its_first_day(tmp_path: Path) -> None:
    first = Record(tmp_path / "loaded")
    first.add("demands/one")
    second = Record(tmp_path / "loaded")
    assert (second.names, second.began_at) == ({"demands/one"}, first.began_at)


@pytest.mark.parametrize("row", rows("dockings"), ids=lambda row: row["id"])
def test_each_docking_is_of_samples_that_fit(row: dict[str, str]) -> None:
    judged = (FOLDER / "judgements.tsv").read_text().splitlines()
    assert f"{row['demand']}\t{row['offer']}\t3" in judged
    assert row["until"] in ("meeting", "agreed")
    for path, body in sent(row):
        if (kind := BODIES.get(path.rsplit("/", 1)[1])) is not None:
            kind.model_validate(body)


BODIES: dict[str, type[Frozen]] = {"dockings": DockingIn, "slots": SlotsIn, "agree": AgreementIn}


def sent(row: dict[str, str]) -> list[tuple[str, object]]:
    """What the loader asks the matcher for."""
    calls: list[tuple[str, object]] = []

    def call(side: str, method: str, path: str, body: object) -> dict[str, Any]:
        if method == "POST":
            calls.append((path, body))
        match = {"id": str(uuid4()), "demand_title": "需求", "profile_headline": "能力"}
        return {"id": str(uuid4()), "items": [match], "slots": [{"id": "1"}, {"id": "2"}]}

    dock(call, row, ("需求", "能力"), now())
    return calls


LISTING: dict[str, type[Frozen]] = {
    "lists": ListContent,
    "proposals": ProposalContent,
    "take": ProposalTaking,
    "amend": Amendment,
}


@pytest.mark.parametrize("row", rows("lists"), ids=lambda row: row["id"])
def test_each_list_is_of_sample_scenarios_and_all_that_it_sends_is_accepted(row: dict[str, Any]) -> None:
    demands = {one["id"]: one for one in rows("demands")}
    assert {demands[entry["demand"]]["kind"] for entry in row["entries"]} == {"scenario"}
    known = {one["id"] for one in rows("organisations")}
    assert {row["editor"], row["reviewer"]} <= known
    keys = set()

    def call(asked: ListCall) -> dict[str, Any]:
        last = asked.path.rsplit("/", 1)[1]
        if (kind := LISTING.get(last)) is not None:
            kind.model_validate(asked.body)
        if asked.method == "POST":
            keys.add((asked.who, asked.about, last))
        own = [{"id": str(uuid4()), "version": 3, "docking": None, "title": one["title"]} for one in demands.values()]
        return {"id": str(uuid4()), "items": own}

    draw_up(call, row, demands)
    assert len(keys) == 1 + 3 * len(row["entries"]) + 4, "two requests have one idempotency key"
