"""What subsidy schemes look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Deadline, Fen
from common.contracts.words import SubsidySchemeState
from common.fields import Division, Frozen, Moment, OrganisationKey, SeenLine, Whole, YesOrNo

EXAMPLE: JsonDict = {
    "title": "2026 年应用场景首用补贴",
    "rate_basis_points": 2000,
    "cap_claim_fen": 100000000,
    "cap_total_fen": 2000000000,
    "notice_days": 7,
    "needs_validation": True,
    "handlers": [],
    "opens_at": "2099-03-01T00:00:00Z",
    "closes_at": "2099-12-31T16:00:00Z",
}


class SubsidySchemeContent(Frozen):
    """What is paid for an adopted solution: a rate of its cost, up to a cap for each claim and one in total."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    policy_id: UUID | None = Field(None, description="The policy that it carries out.")
    rate_basis_points: Annotated[Whole, Field(ge=1, le=10_000)] = Field(
        description="Hundredths of a percent of the cost: 2000 is 20 %."
    )
    cap_claim_fen: Annotated[Fen, Field(gt=0)]
    cap_total_fen: Annotated[Fen, Field(gt=0)]
    notice_days: Annotated[Whole, Field(ge=1, le=90)] = Field(description="Days of public notice before an approval.")
    needs_validation: YesOrNo = Field(
        False, description="Whether the solution must have an accepted validation, beside being selected and adopted."
    )
    handlers: tuple[OrganisationKey, ...] = Field(
        (), max_length=20, description="Organisations whose officers verify and approve beside the owner's."
    )
    division: Division | None = Field(
        None, description="Where it is paid; for readers and statistics, no ranking and no eligibility reads it."
    )
    opens_at: Deadline | None = Field(None, description="It opens by itself at this moment; null: by hand.")
    closes_at: Deadline | None = Field(None, description="It closes by itself at this moment; null: by hand.")


class SubsidySchemeOut(Frozen):
    """A scheme, as everyone reads it."""

    id: UUID
    version: int
    state: SubsidySchemeState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    title: str
    policy_id: UUID | None
    rate_basis_points: int
    cap_claim_fen: int
    cap_total_fen: int
    notice_days: int
    needs_validation: bool
    handlers: tuple[OrganisationKey, ...]
    division: str | None
    opens_at: Moment | None
    closes_at: Moment | None
    created_at: Moment
    updated_at: Moment
