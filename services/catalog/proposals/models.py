"""The table of proposals."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, of_owner
from common.contracts.words import ProposalState, ScenarioLevel
from common.database import words
from common.fields import OrganisationKey


class ListProposal(NounRow, Base):
    """A demand put forward for a list by its owner; whose list it is decides who answers."""

    __tablename__ = "list_proposals"
    __table_args__ = (
        of_owner(),
        Index("ix_list_proposals_created_at", "created_at", "id"),
        Index(
            "uq_list_proposals_list_id_demand_id",
            "list_id",
            "demand_id",
            unique=True,
            postgresql_where=text("state <> 'retracted'"),
        ),
    )

    state: Mapped[ProposalState] = mapped_column(words(ProposalState))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("scenario_lists.id"))
    editor_scheme: Mapped[str] = mapped_column(Text)
    editor_code: Mapped[str] = mapped_column(Text)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demands.id"))
    title: Mapped[str] = mapped_column(Text)
    level: Mapped[ScenarioLevel | None] = mapped_column(words(ScenarioLevel))
    note: Mapped[str | None] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def editor_key(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.editor_scheme, code=self.editor_code)
