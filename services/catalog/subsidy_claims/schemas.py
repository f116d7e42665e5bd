"""What subsidy claims look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Fen
from catalog.solutions.schemas import ClauseEvidence
from common.contracts.words import SubsidyClaimState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine, form

EXAMPLE: JsonDict = {
    "scheme_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "solution_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "cost_fen": 128000000,
    "evidence": [{"title": "合同及发票", "reference": "示采〔2026〕17号"}],
    "account": {"bank": "示例银行青岛分行", "number": "6200000000000000"},
}
_ACCOUNT = form(
    r"^[A-Z0-9]{5,34}$", "give 5 to 34 digits or capitals without blanks", "请填写 5 至 34 位数字或大写字母，不含空格"
)


class PayeeAccount(Frozen):
    """An account of the claimant's own. Private: never in a list, an event, a log."""

    bank: SeenLine
    number: Annotated[str, _ACCOUNT]


class SubsidyClaimContent(Frozen):
    """What a claimant asks for a solution of theirs that was selected and adopted. The payee is the claimant."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    scheme_id: UUID
    solution_id: UUID
    cost_fen: Annotated[Fen, Field(gt=0)] = Field(description="What the solution cost; the scheme pays a rate of it.")
    evidence: tuple[ClauseEvidence, ...] = Field(min_length=1, max_length=20)
    account: PayeeAccount


class SubsidyApproval(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"amount_fen": 20000000}]})

    amount_fen: Annotated[Fen, Field(gt=0)] | None = Field(None, description="Less than claimed; null: all of it.")


class SubsidyClaimOut(Frozen):
    """A claim. `cost_fen` and `evidence` are for its claimant and the officers of its scheme; the account is at an
    address of its own."""

    id: UUID
    version: int
    state: SubsidyClaimState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    scheme_id: UUID
    solution_id: UUID
    demand_id: UUID
    validation_id: UUID | None = Field(description="The accepted validation that it stands on; null: none is needed.")
    amount_fen: int = Field(description="By rate and caps when filed; what was approved from then on.")
    cost_fen: int | None
    evidence: tuple[ClauseEvidence, ...] | None
    notice_ends_at: Moment | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class SubsidyBalanceOut(BaseModel):
    """What a scheme has granted: `cap_total_fen` is approved, paid and remaining together."""

    cap_total_fen: int
    approved_fen: int
    paid_fen: int
    clawed_back_fen: int
    remaining_fen: int
