"""Telling many costs less: who sends is woken only for deliveries that wait, and an attempt does not look for its
delivery once more. A release before this one leaves attempts behind, which go when their time is over."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        "CREATE OR REPLACE TRIGGER deliveries_added AFTER INSERT ON deliveries "
        "FOR EACH ROW WHEN (NEW.state = 'pending') EXECUTE FUNCTION deliveries_added()"
    )
    op.drop_constraint("fk_attempts_delivery_id", "attempts", type_="foreignkey")
