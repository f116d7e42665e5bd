"""What a list of policies can be asked for."""

from typing import Annotated

from pydantic import BaseModel, Field

from common.contracts.words import PolicyState, PolicyType


class PolicyFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: PolicyState | None = None
    type: PolicyType | None = None
    track: Annotated[str | None, Field(max_length=200)] = None
