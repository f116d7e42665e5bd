"""Profiles, demand copies, vectors, matches, receipts and jobs."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from common.migrations import create_common_tables

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_WORD = sa.String(32)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    create_common_tables(op)  # type: ignore[arg-type]  # the module stands in for the object
    _profiles()
    _demands()
    _vectors()
    _rankings()
    _matches()
    _jobs()


def _profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("organisation_name", sa.Text, nullable=False),
        sa.Column("offer_kind", _WORD, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("items", JSONB, nullable=False),
        sa.Column("cases", JSONB, nullable=False),
        sa.Column("products", JSONB, nullable=False),
        sa.Column("tracks", ARRAY(sa.Text), nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_profiles_created_at_id", "profiles", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_index("ix_profiles_organisation", "profiles", ["organisation_scheme", "organisation_code"])


def _demands() -> None:
    op.create_table(
        "demands",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("owner_scheme", sa.Text, nullable=False),
        sa.Column("owner_code", sa.Text, nullable=False),
        sa.Column("closes_at", _MOMENT),
        sa.Column("snapshot", JSONB, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_demands_owner", "demands", ["owner_scheme", "owner_code"])


def _vectors() -> None:
    op.create_table(
        "embedding_models",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("dim", sa.Integer, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    op.create_index(
        "uq_embedding_models_active",
        "embedding_models",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "profile_embeddings",
        sa.Column("profile_id", sa.Uuid, sa.ForeignKey("profiles.id"), primary_key=True),
        sa.Column("model_id", sa.Text, sa.ForeignKey("embedding_models.id"), primary_key=True),
        sa.Column("profile_version", sa.Integer, nullable=False),
        sa.Column("offer_kind", _WORD, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("headline", HALFVEC, nullable=False),
        sa.Column("body", HALFVEC, nullable=False),
        sa.Column("parts", sa.LargeBinary, nullable=False),
        sa.Column("lexemes", TSVECTOR, nullable=False),
    )
    op.create_index("ix_profile_embeddings_lexemes", "profile_embeddings", ["lexemes"], postgresql_using="gin")
    op.create_table(
        "demand_embeddings",
        sa.Column("demand_id", sa.Uuid, sa.ForeignKey("demands.id"), primary_key=True),
        sa.Column("model_id", sa.Text, sa.ForeignKey("embedding_models.id"), primary_key=True),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("closes_at", _MOMENT),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("tracks", ARRAY(sa.Text), nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("title", HALFVEC, nullable=False),
        sa.Column("body", HALFVEC, nullable=False),
        sa.Column("parts", sa.LargeBinary, nullable=False),
        sa.Column("lexemes", TSVECTOR, nullable=False),
    )
    op.create_index("ix_demand_embeddings_lexemes", "demand_embeddings", ["lexemes"], postgresql_using="gin")


def _rankings() -> None:
    op.create_table(
        "rankings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_kind", _WORD, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("subject_version", sa.Integer, nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("ranker_version", sa.Text, nullable=False),
        sa.Column("settings", JSONB, nullable=False),
        sa.Column("ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("versions", ARRAY(sa.Integer), nullable=False),
        sa.Column("scores", ARRAY(sa.Float), nullable=False),
        sa.Column("match_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("match_fits", ARRAY(sa.Integer), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_rankings_subject", "rankings", ["subject_id", "created_at"])


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("demand_id", sa.Uuid, sa.ForeignKey("demands.id"), nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("demand_kind", _WORD, nullable=False),
        sa.Column("demand_title", sa.Text, nullable=False),
        sa.Column("demand_owner_scheme", sa.Text, nullable=False),
        sa.Column("demand_owner_code", sa.Text, nullable=False),
        sa.Column("demand_owner_name", sa.Text, nullable=False),
        sa.Column("domain", _WORD, nullable=False),
        sa.Column("tracks", ARRAY(sa.Text), nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("profile_id", sa.Uuid, sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("profile_version", sa.Integer, nullable=False),
        sa.Column("profile_headline", sa.Text, nullable=False),
        sa.Column("profile_organisation_scheme", sa.Text, nullable=False),
        sa.Column("profile_organisation_code", sa.Text, nullable=False),
        sa.Column("profile_organisation_name", sa.Text, nullable=False),
        sa.Column("fit", sa.Integer, nullable=False),
        sa.Column("band", _WORD, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("verdicts", JSONB, nullable=False),
        sa.Column("features", JSONB, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("propensity", sa.Float, nullable=False),
        sa.Column("ranking_id", sa.Uuid, sa.ForeignKey("rankings.id"), nullable=False),
        sa.Column("computed_at", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    newest_first = [sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("uq_matches_demand_id_profile_id", "matches", ["demand_id", "profile_id"], unique=True)
    op.create_index("ix_matches_profile_id", "matches", ["profile_id"])
    op.create_index(
        "ix_matches_demand_id_fit",
        "matches",
        ["demand_id", sa.text("fit DESC")],
        postgresql_where=sa.text("is_current"),
    )
    op.create_index("ix_matches_owner", "matches", ["demand_owner_scheme", "demand_owner_code", *newest_first])
    op.create_index(
        "ix_matches_organisation",
        "matches",
        ["profile_organisation_scheme", "profile_organisation_code", *newest_first],
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("kind", _WORD, primary_key=True),
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("enqueued_at", _MOMENT, nullable=False),
        sa.Column("ready_at", _MOMENT, nullable=False),
        sa.Column("leased_until", _MOMENT),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_jobs_kind_ready_at", "jobs", ["kind", "ready_at"])
    op.execute(
        "CREATE FUNCTION job_ready() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('jobs', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER job_ready AFTER INSERT OR UPDATE OF revision ON jobs"
        " FOR EACH STATEMENT EXECUTE FUNCTION job_ready()"
    )
