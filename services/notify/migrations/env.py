"""Migrates on the connection it is given."""

from alembic import context

import notify.deliveries.models
import notify.subscriptions.models  # noqa: F401  # both fill the metadata
from common.database import CommonBase
from common.migrations import run_env
from notify.base import Base

run_env(context, [Base.metadata, CommonBase.metadata])
