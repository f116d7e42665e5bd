"""The metadata that the matcher's own tables share, and how they store words from a fixed list."""

from enum import StrEnum

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from common.database import NAMING


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def words(kind: type[StrEnum]) -> Enum:
    """A text column that holds the values of `kind` and comes back as its members."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda of: [word.value for word in of],
    )
