"""Dockings with their meetings, contacts, mandates and acts; releases without them leave all these tables alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0012"
down_revision = "0011"

_MOMENT = sa.DateTime(timezone=True)
_WORD = sa.String(32)


def upgrade() -> None:
    _acts()
    _mandates()
    _dockings()
    _contacts()
    _meetings()


def _acts() -> None:
    texts = ("actor_scheme", "actor_code", "actor_name", "subject", "on_behalf_of_scheme", "on_behalf_of_code")
    op.create_table(
        "acts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("about", sa.Uuid, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("side", _WORD),
        *(sa.Column(name, sa.Text) for name in texts),
        sa.Column("mandate_id", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.Column("reason_text", sa.Text),
    )
    op.create_index("ix_acts_noun_about_at", "acts", ["noun", "about", "at", "id"])


def _mandates() -> None:
    names = ("giver_scheme", "giver_code", "giver_name", "broker_scheme", "broker_code", "broker_name")
    op.create_table(
        "mandates",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in names),
        sa.Column("powers", ARRAY(sa.Text), nullable=False),
        sa.Column("demand_id", sa.Uuid),
        sa.Column("profile_id", sa.Uuid),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
    )
    for party in ("giver", "broker"):
        columns = [f"{party}_scheme", f"{party}_code", "given_at", "id"]
        op.create_index(f"ix_mandates_{party}", "mandates", columns)


def _dockings() -> None:
    op.create_table("dockings", *_docking_columns())
    is_standing = sa.text("state <> 'failed'")
    op.create_index("uq_dockings_match_id", "dockings", ["match_id"], unique=True, postgresql_where=is_standing)
    for side in ("owner", "enterprise"):
        op.create_index(f"ix_dockings_{side}", "dockings", [f"{side}_scheme", f"{side}_code", "opened_at", "id"])
    rings = sa.text("alarm_at IS NOT NULL")
    op.create_index("ix_dockings_alarm_at", "dockings", ["alarm_at"], postgresql_where=rings)
    op.create_index("ix_dockings_provisional", "dockings", ["counted_to"], postgresql_where=sa.text("is_provisional"))


def _docking_columns() -> list[sa.Column[object]]:
    def texts(*names: str) -> list[sa.Column[object]]:
        return [sa.Column(name, sa.Text, nullable=False) for name in names]

    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("matches.id"), nullable=False),
        sa.Column("matched_at", _MOMENT, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        *texts("demand_title", "owner_scheme", "owner_code", "owner_name"),
        sa.Column("profile_id", sa.Uuid, nullable=False),
        *texts("profile_headline", "enterprise_scheme", "enterprise_code", "enterprise_name"),
        sa.Column("message", sa.Text),
        sa.Column("opened_by", _WORD, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("slots_by", _WORD),
        sa.Column("meeting", JSONB),
        sa.Column("first_meeting_at", _MOMENT),
        sa.Column("agreed_by", _WORD),
        sa.Column("ended_at", _MOMENT),
        sa.Column("failure_reason", sa.Text),
        sa.Column("failure_text", sa.Text),
        sa.Column("step", sa.Text),
        sa.Column("step_by", _WORD),
        sa.Column("step_from", _MOMENT),
        sa.Column("due_on", sa.Date),
        sa.Column("is_provisional", sa.Boolean, nullable=False),
        sa.Column("counted_to", sa.Integer, nullable=False),
        sa.Column("alarm", _WORD),
        sa.Column("alarm_at", _MOMENT),
    ]


def _contacts() -> None:
    op.create_table(
        "known_contacts",
        sa.Column("kind", _WORD, primary_key=True),
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("contact", JSONB),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "shared_contacts",
        sa.Column("docking_id", sa.Uuid, sa.ForeignKey("dockings.id"), primary_key=True),
        sa.Column("side", _WORD, primary_key=True),
        sa.Column("contact", JSONB, nullable=False),
        sa.Column("shared_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "contact_reads",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("docking_id", sa.Uuid, sa.ForeignKey("dockings.id"), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("side", _WORD, nullable=False),
        sa.Column("reader_scheme", sa.Text, nullable=False),
        sa.Column("reader_code", sa.Text, nullable=False),
        sa.Column("reader_name", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("mandate_id", sa.Uuid),
    )
    op.create_index("ix_contact_reads_docking_id_at", "contact_reads", ["docking_id", "at", "id"])


def _meetings() -> None:
    op.create_table(
        "slots",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("side", _WORD, nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("offered_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT),
    )
    op.create_table(
        "slot_offers",
        sa.Column("slot_id", sa.Uuid, sa.ForeignKey("slots.id"), primary_key=True),
        sa.Column("docking_id", sa.Uuid, sa.ForeignKey("dockings.id"), primary_key=True),
    )
    op.create_index("ix_slot_offers_docking_id", "slot_offers", ["docking_id"])
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("docking_id", sa.Uuid, sa.ForeignKey("dockings.id"), nullable=False),
        sa.Column("slot_id", sa.Uuid, sa.ForeignKey("slots.id"), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("arranged_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    is_arranged = sa.text("state = 'arranged'")
    op.create_index("uq_meetings_slot_id", "meetings", ["slot_id"], unique=True, postgresql_where=is_arranged)
    op.create_index("uq_meetings_docking_id", "meetings", ["docking_id"], unique=True, postgresql_where=is_arranged)
