"""What every table of the catalog stands on."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from common.database import NAMING


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
