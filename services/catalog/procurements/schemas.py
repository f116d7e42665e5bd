"""What procurement records look like over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Fen
from catalog.history.schemas import PublicReason
from catalog.procurements.rules import QUARTER
from common.contracts.words import ProcurementCategory, ProcurementState, ProcurementTrait
from common.fields import Division, Frozen, Moment, OrganisationKey, SeenLine

EXAMPLE: JsonDict = {
    "period": "2026-Q1",
    "category": "goods",
    "title": "闸口箱体残损识别设备",
    "contract_number": "示采〔2026〕17号",
    "amount_fen": 128000000,
    "supplier": {"name": "甲公司（示例）", "division": "370212"},
    "traits": ["innovative_product"],
}


def _each_once(traits: tuple[ProcurementTrait, ...]) -> tuple[ProcurementTrait, ...]:
    return tuple(sorted(set(traits)))


Traits = Annotated[tuple[ProcurementTrait, ...], Field(max_length=10), AfterValidator(_each_once)]


class Supplier(Frozen):
    """From whom it was bought. Where the supplier is, is for statistics alone: no ranking or eligibility reads it."""

    name: SeenLine
    organisation: OrganisationKey | None = None
    division: Division | None = None


class ProcurementContent(Frozen):
    """One purchase, or purchases that are alike in everything but the contract."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    period: Annotated[str, QUARTER] = Field(description="The quarter in which the contract was signed.")
    category: ProcurementCategory
    title: SeenLine
    contract_number: SeenLine | None = None
    amount_fen: Fen
    supplier: Supplier
    traits: Traits = ()
    demand_id: UUID | None = Field(None, description="The scenario that it came from; with the trait scenario.")


class ProcurementCorrection(ProcurementContent):
    """All that is said about a purchase from now on, and why it was wrong before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, "reason": "金额单位填写有误"}]})

    reason: PublicReason


class ProcurementOut(Frozen):
    """A record, as everyone reads it."""

    id: UUID
    version: int
    state: ProcurementState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    period: str
    category: ProcurementCategory
    title: str
    contract_number: str | None
    amount_fen: int
    supplier: Supplier
    traits: tuple[ProcurementTrait, ...]
    demand_id: UUID | None
    created_at: Moment
    updated_at: Moment


def columns(content: ProcurementContent) -> dict[str, Any]:
    """What a row keeps of it."""
    kept = content.model_dump(include=set(ProcurementContent.model_fields))
    return {**kept, "supplier": content.supplier.model_dump(mode="json"), "traits": list(content.traits)}
