"""Roadshows with their slots, presentations and consents; pilot lines and bookings; transfers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint

revision = "0020"
down_revision = "0019"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def _noun(name: str, *columns: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        *(sa.Column(each, sa.Text, nullable=False) for each in OWNER),
        *columns,
        sa.Column("state_reason", sa.Text),
        *(sa.Column(each, MOMENT, nullable=False) for each in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{name}_owner_scheme_owner_code"
        ),
    )
    op.create_index(f"ix_{name}_created_at", name, ["created_at", "id"])


def _belongs(table: str, name: str) -> None:
    """A list of what belongs to one record of another noun, newest first."""
    op.create_index(f"ix_{table}_{name}", table, [name, "created_at", "id"])


def _texts(*names: str, nullable: bool = False) -> Sequence[sa.Column[object]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _numbers(*names: str) -> Sequence[sa.Column[object]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _link(table: str, name: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Uuid, key, nullable=nullable)


def upgrade() -> None:
    _roadshows()
    _pilots()
    _transfers()


def _roadshows() -> None:
    _noun(
        "roadshows",
        *_texts("title", "venue"),
        sa.Column("locks_at", MOMENT, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        *_numbers("slots_count", "slot_minutes"),
    )
    _noun(
        "presentations",
        _link("presentations", "roadshow_id", "roadshows"),
        _link("presentations", "demand_id", "demands"),
        *_numbers("place", "term_months"),
        *_texts("title", "teaser", "full_text", "track"),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("ticket_fen", sa.BigInteger, nullable=False),
        sa.Column("outcome", WORD),
        sa.CheckConstraint("ticket_fen > 0", name="ck_presentations_ticket"),
    )
    _belongs("presentations", "roadshow_id")
    op.create_table(
        "roadshow_slots",
        _link("roadshow_slots", "roadshow_id", "roadshows"),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        _link("roadshow_slots", "presentation_id", "presentations", nullable=True),
        sa.PrimaryKeyConstraint("roadshow_id", "place", name="pk_roadshow_slots"),
        sa.UniqueConstraint("presentation_id", name="uq_roadshow_slots_presentation_id"),
    )
    _noun("consents", _link("consents", "presentation_id", "presentations"), *_texts("message", nullable=True))
    _belongs("consents", "presentation_id")


def _pilots() -> None:
    _noun("pilot_lines", *_texts("title", "field", "text"), *_numbers("trl_in", "trl_out", "capacity"))
    op.create_table(
        "pilot_units",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        _link("pilot_units", "line_id", "pilot_lines"),
        sa.PrimaryKeyConstraint("id", name="pk_pilot_units"),
    )
    op.create_index("ix_pilot_units_line_id", "pilot_units", ["line_id"])
    _noun(
        "pilots",
        _link("pilots", "line_id", "pilot_lines"),
        _link("pilots", "demand_id", "demands", nullable=True),
        *_texts("text"),
        *_numbers("trl_in", "trl_out"),
        sa.Column("price_fen", sa.BigInteger),
        sa.Column("valid_until", MOMENT),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("trl_reached", sa.Integer),
        sa.CheckConstraint("price_fen >= 0", name="ck_pilots_price"),
    )
    _belongs("pilots", "line_id")
    op.create_table(
        "pilot_occupations",
        _link("pilot_occupations", "booking_id", "pilots"),
        sa.Column(
            "unit_id",
            sa.BigInteger,
            sa.ForeignKey("pilot_units.id", name="fk_pilot_occupations_unit_id"),
            nullable=False,
        ),
        sa.Column("period", DATERANGE, nullable=False),
        sa.PrimaryKeyConstraint("booking_id", name="pk_pilot_occupations"),
        ExcludeConstraint(
            (sa.text("int8range(unit_id, unit_id, '[]')"), "&&"), ("period", "&&"), name="ex_pilot_occupations_unit"
        ),
    )


def _transfers() -> None:
    _noun(
        "transfers",
        sa.Column("docking_id", sa.Uuid, nullable=False),
        sa.Column("mandate_id", sa.Uuid),
        sa.Column("type", WORD, nullable=False),
        *_texts("title", "seller_scheme", "seller_code", "seller_name", "buyer_scheme", "buyer_code", "buyer_name"),
        *_texts("broker_scheme", "broker_code", "broker_name", "registration_number", nullable=True),
        sa.Column("confirmed_by", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("signed_by", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("valuation", JSONB),
        sa.Column("price_fen", sa.BigInteger),
        sa.Column("broker_fee_fen", sa.BigInteger),
        sa.Column("instalments", JSONB),
        sa.Column("registered_on", sa.Date),
        sa.CheckConstraint("broker_fee_fen BETWEEN 0 AND price_fen", name="ck_transfers_fee"),
    )
