"""What a list of test beds can be asked for."""

from pydantic import BaseModel

from common.contracts.words import DataClass, Domain, TestBedState
from common.fields import Division


class TestBedFilters(BaseModel):
    """What a list is of; nothing given: all."""

    state: TestBedState | None = None
    domain: Domain | None = None
    division: Division | None = None
    data_class: DataClass | None = None
