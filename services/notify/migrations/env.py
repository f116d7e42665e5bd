"""Runs the migrations of notify on the connection it is given."""

from alembic import context

from common.database import CommonBase
from common.migrations import run_env
from notify.base import Base
from notify.concerns import models as _concerns
from notify.credentials import models as _credentials
from notify.deliveries import models as _deliveries
from notify.subscriptions import models as _subscriptions

TABLES = (_concerns, _credentials, _deliveries, _subscriptions)

run_env(context, [CommonBase.metadata, Base.metadata])
