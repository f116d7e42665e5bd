"""The table of fingerprints."""

from uuid import UUID

from sqlalchemy import Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.database import words
from matcher.base import Base
from matcher.subjects.kind import SubjectKind


class Fingerprint(Base):
    """What a demand, open or closed, or an active profile is found by when another repeats it.

    Written with its subject, in one transaction, and the same under any embedding model. `marks` are those of
    `engine.duplicates`: whoever changes how they are made empties this table in a migration, and upkeep fills it again.
    """

    __tablename__ = "fingerprints"
    # Without the list of pending entries every look-up would have to read through what was written lately.
    __table_args__ = (
        Index("ix_fingerprints_marks", "marks", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    marks: Mapped[list[int]] = mapped_column(ARRAY(Integer))
