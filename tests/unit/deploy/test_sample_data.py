"""The sample files, as the loader sends them, are what the services accept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.demands.schemas import DemandContent
from catalog.organisations.schemas import OrganisationIn
from common.clock import now
from deploy.embedded.sample_data import Record, demand_body, organisation_body, profile_body, rows
from matcher.profiles.schemas import ProfileIn


@pytest.mark.parametrize("row", rows("organisations"), ids=lambda row: row["id"])
def test_each_organisation_is_accepted(row: dict[str, object]) -> None:
    OrganisationIn.model_validate(organisation_body(row))


@pytest.mark.parametrize("row", rows("offers"), ids=lambda row: row["id"])
def test_each_offer_is_accepted(row: dict[str, object]) -> None:
    ProfileIn.model_validate(profile_body(row))


@pytest.mark.parametrize("row", rows("demands"), ids=lambda row: row["id"])
def test_each_demand_is_accepted_and_still_open(row: dict[str, object]) -> None:
    content = DemandContent.model_validate(demand_body(row, datetime.now(UTC)))
    assert content.closes_at is not None
    assert content.closes_at > now()


def test_the_record_outlives_the_process_and_keeps_its_first_day(tmp_path: Path) -> None:
    first = Record(tmp_path / "loaded")
    first.add("demands/one")
    second = Record(tmp_path / "loaded")
    assert (second.names, second.began_at) == ({"demands/one"}, first.began_at)
