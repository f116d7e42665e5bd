"""Indexes of deliveries and attempts, built while both are written to: alone, so that it may be tried again."""

from alembic import op

from common.migrations import create_index_beside_writers

revision = "0013"
down_revision = "0012"

INDEXES = {
    "ix_deliveries_collected": "deliveries (subscription_id) WHERE state = 'collected'",
    "ix_deliveries_digest_id": "deliveries (digest_id) WHERE digest_id IS NOT NULL",
    "ix_deliveries_admitted_on": "deliveries (subscription_id, admitted_on) WHERE admitted_on IS NOT NULL",
    "ix_deliveries_place": "deliveries (organisation_scheme, organisation_code, place) WHERE place IS NOT NULL",
    "ix_deliveries_ordering_key": "deliveries (subscription_id, ordering_key, created_at, id) "
    "WHERE ordering_key IS NOT NULL AND state = 'pending'",
    "ix_attempts_at": "attempts (at, id)",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, of in INDEXES.items():
            create_index_beside_writers(op, name, of)  # type: ignore[arg-type]  # the module stands for its operations
