"""Runs the matcher's migrations on the connection it is given."""

from alembic import context

from common.database import CommonBase
from common.migrations import run_env
from matcher.base import Base
from matcher.demands import models as _demands
from matcher.feedback import models as _feedback
from matcher.matching import models as _matching
from matcher.profiles import models as _profiles
from matcher.training import models as _training
from matcher.vectors import models as _vectors
from matcher.work import models as _work

TABLES = (_demands, _feedback, _matching, _profiles, _training, _vectors, _work)

run_env(context, [CommonBase.metadata, Base.metadata])
