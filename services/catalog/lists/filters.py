"""What a list of scenario lists can be asked for."""

from typing import Annotated

from pydantic import BaseModel, Field

from common.contracts.words import ListState


class ListFilters(BaseModel):
    """What is shown of all that the reader may see; nothing given: all of it."""

    state: ListState | None = None
    year: Annotated[int | None, Field(ge=2000, le=2199)] = None
    mine: bool = False
