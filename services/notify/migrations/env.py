"""Runs the migrations of notify on the connection it is given."""

from alembic import context

from common.database import CommonBase
from common.migrations import run_env
from notify.base import Base
from notify.concerns import models as _concerns
from notify.credentials import models as _credentials
from notify.deliveries import models as _deliveries
from notify.reminders import models as _reminders
from notify.subscriptions import models as _subscriptions
from notify.suppressions import models as _suppressions

TABLES = (_concerns, _credentials, _deliveries, _reminders, _subscriptions, _suppressions)

run_env(context, [CommonBase.metadata, Base.metadata])
