"""What every table of the catalog stands on."""

from enum import StrEnum

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from common.database import NAMING


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def words(kind: type[StrEnum]) -> Enum:
    """A text column that holds the values of `kind` and comes back as its members."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda all_of: [member.value for member in all_of])
