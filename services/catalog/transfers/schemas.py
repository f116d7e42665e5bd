"""What transfers look like over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Day, Fen
from catalog.transfers.rules import TransferParty, TransferState, TransferType, ValuationMethod
from common.fields import Frozen, Line, Moment, OrganisationKey, SeenLine

EXAMPLE: JsonDict = {
    "docking_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "type": "licence",
    "title": "压缩机异音检测方法专利实施许可",
    "seller": {"scheme": "uscc", "code": "91370200264574251E"},
    "buyer": {"scheme": "uscc", "code": "91370211MA3QDK2Q8B"},
}


class TransferContent(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    docking_id: UUID = Field(description="A docking of the matcher, as its sides know it.")
    type: TransferType
    title: SeenLine
    seller: OrganisationKey
    buyer: OrganisationKey
    broker: OrganisationKey | None = None
    mandate_id: UUID | None = Field(None, description="The broker's mandate, at the matcher.")


class TransferValuation(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "amount_fen": 42000000,
                    "method": "income",
                    "valuer": {"scheme": "uscc", "code": "91370200163562681G"},
                    "valuer_name": "示例资产评估公司",
                }
            ]
        }
    )

    amount_fen: Fen
    method: ValuationMethod
    valuer: OrganisationKey = Field(description="None of the parties.")
    valuer_name: SeenLine


class Instalment(Frozen):
    due_on: Day
    amount_fen: Annotated[Fen, Field(gt=0)]


class TransferTerms(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "price_fen": 40000000,
                    "broker_fee_fen": 2000000,
                    "instalments": [
                        {"due_on": "2099-03-31", "amount_fen": 15000000},
                        {"due_on": "2099-09-30", "amount_fen": 25000000},
                    ],
                }
            ]
        }
    )

    price_fen: Fen
    broker_fee_fen: Fen = Field(0, description="Part of the price; 0 without a broker.")
    instalments: tuple[Instalment, ...] = Field(max_length=60, description="They add up to the price.")


class TransferRegistration(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"registration_number": "2026370200000001", "registered_on": "2026-04-01"}]}
    )

    registration_number: Line = Field(description="合同登记编号.")
    registered_on: Day


class SharedInstalment(Frozen):
    """An instalment with what of it goes to whom."""

    due_on: date
    amount_fen: int
    seller_fen: int
    broker_fen: int


class TransferOut(Frozen):
    """A transfer, as its parties read it."""

    id: UUID
    version: int
    state: TransferState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    docking_id: UUID
    mandate_id: UUID | None
    type: TransferType
    title: str
    seller: OrganisationKey
    seller_name: str
    buyer: OrganisationKey
    buyer_name: str
    broker: OrganisationKey | None
    broker_name: str | None
    confirmed_by: tuple[TransferParty, ...]
    valuation: TransferValuation | None
    price_fen: int | None
    broker_fee_fen: int | None
    instalments: tuple[SharedInstalment, ...] | None
    signed_by: tuple[TransferParty, ...] = Field(description="Of the terms as they stand.")
    registration_number: str | None
    registered_on: date | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class TransferCount(Frozen):
    state: TransferState
    type: TransferType
    count: int


class TransferCountsOut(BaseModel):
    """How many transfers stand where; nobody is named, and no sum is told."""

    items: list[TransferCount]
