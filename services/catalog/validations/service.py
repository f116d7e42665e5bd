"""What enterprises, hosts, demand owners and the clock do with validations, up to the report."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import service as demands
from catalog.records.changing import Changing
from catalog.records.records import Records
from catalog.solicitations import repository as solicitations
from catalog.solutions import repository as solutions
from catalog.test_beds import rules as bed_rules
from catalog.test_beds import service as test_beds
from catalog.test_beds.models import TestBed
from catalog.validations import repository, results, rules
from catalog.validations.filters import ValidationFilters
from catalog.validations.models import Validation
from catalog.validations.rules import ValidationAction, ValidationParty
from catalog.validations.schemas import TargetIn, ValidationContent, ValidationOut, ValidationRequest
from common import deadlines
from common.auth import Principal
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.rawjson import Stored

LAPSE = "validation.lapse"
"""A kind of deadline: the end of the slot."""


def _parties(row: Validation, caller: Principal) -> Collection[ValidationParty]:
    keys = {
        ValidationParty.REQUESTER: row.owner_key,
        ValidationParty.HOST: row.host_key,
        ValidationParty.DEMAND_OWNER: row.demand_owner_key,
    }
    return {party for party, key in keys.items() if key == caller.organisation}


def _text(row: Validation) -> dict[str, Any] | None:
    if row.state not in rules.PUBLIC:
        return None
    return ValidationOut.model_validate(row).model_dump(mode="json")


def _audience(row: Validation) -> Iterable[OrganisationKey]:
    return row.host_key, row.demand_owner_key


VALIDATIONS = Records(Validation, rules.LIFE, _parties, _text, _audience)


async def request(changing: Changing, asked: ValidationRequest) -> Validation:
    """Ask a host to measure something of the caller's against a demand; private to the parties."""
    session, caller, _ = changing
    bed = await test_beds.TEST_BEDS.read(session, None, asked.test_bed_id)
    bed_rules.refuse_closed(bed.state)
    demand = await demands.read(session, None, asked.demand_id)
    owner = OrganisationKey(scheme=demand["owner_scheme"], code=demand["owner_code"])
    rules.refuse_own(caller.organisation, bed.owner_key, owner)
    rules.refuse_ended(demand["state"])
    return await VALIDATIONS.begin(
        changing,
        ValidationParty.REQUESTER,
        **await _content(changing, asked, bed, demand),
        demand_id=asked.demand_id,
        demand_version=demand["version"],
        demand_title=demand["title"],
        demand_owner_scheme=owner.scheme,
        demand_owner_code=owner.code,
        test_bed_id=bed.id,
        test_bed_title=bed.title,
        host_scheme=bed.owner_scheme,
        host_code=bed.owner_code,
        host_name=bed.owner_name,
    )


async def _content(changing: Changing, content: ValidationContent, bed: TestBed, demand: Stored) -> dict[str, Any]:
    """The columns that a request fills. Raises InvalidInput for a solution that cannot be validated."""
    if content.solution_id is not None:
        await _refuse_solution(changing, content.solution_id, demand["id"])
    wanted = content.measurements
    if wanted is None:
        wanted = tuple(TargetIn.model_validate(one) for one in rules.targets_of(json.loads(demand["clauses"])))
        rules.refuse_no_targets(wanted)
    said = {name: getattr(content, name) for name in ("subject", "solution_id", "profile_id")}
    return {**said, "measurements": results.targets(wanted, bed)}


async def _refuse_solution(changing: Changing, solution_id: UUID, demand_id: UUID) -> None:
    solution = await solutions.find(changing.session, solution_id)
    solicitation = await solicitations.find(changing.session, solution.solicitation_id)
    is_own = solution.owner_key == changing.caller.organisation
    rules.refuse_solution(is_own, solution.state, solicitation.demand_id == demand_id)


async def replace(changing: Changing, record_id: UUID, content: ValidationContent, expected: int) -> Validation:
    """Ask for something else, before the host has answered."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.REPLACE, expected=expected) as row:
        bed = await test_beds.TEST_BEDS.read(changing.session, None, row.test_bed_id)
        demand = await demands.read(changing.session, None, row.demand_id)
        for name, value in (await _content(changing, content, bed, demand)).items():
            setattr(row, name, value)
        row.demand_version = demand["version"]
    return row


async def schedule(changing: Changing, record_id: UUID, slot_id: UUID) -> Validation:
    """Take a seat in a slot, in place of the one before. Raises NotAllowedNow naming what is free when none is left."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.SCHEDULE) as row:
        slot = await test_beds.seat(changing, row.test_bed_id, slot_id, row.id)
        row.slot_starts_at, row.slot_ends_at = slot.starts_at, slot.ends_at
    await deadlines.put(changing.session, LAPSE, row.id, slot.ends_at)
    return row


async def take(changing: Changing, record_id: UUID, action: str, reason: str | None) -> Validation:
    """A step that is given nothing but a reason."""
    async with VALIDATIONS.step(changing, record_id, action, reason) as row:
        row.state_reason = reason
        if action == ValidationAction.START:
            row.started_at = changing.at
    if action in (ValidationAction.START, ValidationAction.CANCEL):
        await deadlines.put(changing.session, LAPSE, row.id, None)
    if action == ValidationAction.CANCEL:
        await _release(changing.session, row)
    return row


async def lapse_due(session: AsyncSession, record_id: UUID, at: datetime) -> None:
    """Give a slot back that is over and was never begun."""
    row = await VALIDATIONS.strike(session, record_id, ValidationAction.LAPSE, ValidationParty.CLOCK, at)
    if row is not None:
        await _release(session, row)


async def _release(session: AsyncSession, row: Validation) -> None:
    await test_beds.release(session, row.id)
    row.slot_starts_at = row.slot_ends_at = None


async def measure(changing: Changing, record_id: UUID, values: tuple[float | None, ...], expected: int) -> Validation:
    """What the host has measured so far."""
    async with VALIDATIONS.step(changing, record_id, ValidationAction.MEASURE, expected=expected) as row:
        rules.refuse_wrong_count(len(values), len(row.measurements))
        row.measurements = results.measured(row.measurements, values)
    return row


async def page(
    session: AsyncSession, visitor: Principal | None, wanted: PageRequest, filters: ValidationFilters
) -> Sequence[Validation]:
    """What is public, and what concerns the visitor."""
    viewer = visitor.organisation if visitor else None
    return await VALIDATIONS.page(session, wanted, *repository.listed(filters, viewer))
