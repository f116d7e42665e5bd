"""Each wish of an organisation once, and the matches that stand for those who ask for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from notify.subscriptions.filters import SubscriptionFilters, digest_of
from notify.subscriptions.rules import Channel

revision = "0002"
down_revision = "0001"

SUBSCRIPTIONS = sa.table(
    "subscriptions",
    sa.column("id", sa.Uuid),
    sa.column("channel", sa.Text),
    sa.column("url", sa.Text),
    sa.column("filters", JSONB),
    sa.column("wish", sa.Text),
)


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("wish", sa.Text))
    op.add_column("subscriptions", sa.Column("backfill_after", sa.Uuid))
    _write_wishes()
    _leave_one_of_each()
    op.alter_column("subscriptions", "wish", nullable=False)
    op.create_unique_constraint(
        "uq_subscriptions_organisation_scheme_organisation_code_wish",
        "subscriptions",
        ["organisation_scheme", "organisation_code", "wish"],
    )
    _keep_standing_matches()


def _write_wishes() -> None:
    for row in op.get_bind().execute(sa.select(SUBSCRIPTIONS)).all():
        wish = digest_of(Channel(row.channel), row.url, SubscriptionFilters.read(row.filters))
        op.execute(sa.update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == row.id).values(wish=wish))


def _leave_one_of_each() -> None:
    """The oldest that is not disabled, if there is one. What the others have not told yet, the one that stays does."""
    op.execute(
        "CREATE TEMPORARY TABLE superfluous ON COMMIT DROP AS SELECT id FROM (SELECT id, row_number() OVER ("
        "PARTITION BY organisation_scheme, organisation_code, wish ORDER BY state = 'disabled', created_at, id"
        ") AS place FROM subscriptions) AS placed WHERE place > 1"
    )
    op.execute(
        "UPDATE deliveries SET state = 'abandoned', reason = 'subscription_deleted', due_at = NULL, settled_at = now() "
        "WHERE state IN ('pending', 'held') AND subscription_id IN (SELECT id FROM superfluous)"
    )
    op.execute("DELETE FROM subscriptions WHERE id IN (SELECT id FROM superfluous)")


def _keep_standing_matches() -> None:
    """Those that were told of before are known from their deliveries, the others from their next version on."""
    op.add_column("known_matches", sa.Column("match", JSONB))
    op.add_column("known_matches", sa.Column("demand_owner", sa.Text))
    op.add_column("known_matches", sa.Column("profile_owner", sa.Text))
    op.execute(
        "UPDATE known_matches k SET match = d.match, "
        "demand_owner = concat_ws(':', d.match #>> '{demand_owner,scheme}', d.match #>> '{demand_owner,code}'), "
        "profile_owner = concat_ws(':', d.match #>> '{profile_organisation,scheme}', "
        "d.match #>> '{profile_organisation,code}') "
        "FROM deliveries d WHERE d.match_id = k.match_id AND d.match_version = k.version "
        "AND (d.match ->> 'is_current')::boolean"
    )
    for side in ("demand_owner", "profile_owner"):
        op.create_index(
            f"ix_known_matches_{side}",
            "known_matches",
            [side, "match_id"],
            postgresql_where=sa.text("match IS NOT NULL"),
        )
