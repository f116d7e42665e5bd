"""Runs the matcher's migrations on the connection it is given."""

from alembic import context
from sqlalchemy import text

from common.audit.models import AuditBase
from common.database import CommonBase
from common.imports.models import ImportBase
from common.migrations import run_env
from matcher.acts import models as _acts
from matcher.base import Base
from matcher.coefficients import models as _coefficients
from matcher.contacts import models as _contacts
from matcher.dockings import models as _dockings
from matcher.dockings.meetings import models as _meetings
from matcher.feedback import models as _feedback
from matcher.jobs import models as _jobs
from matcher.mandates import models as _mandates
from matcher.matching import models as _matching
from matcher.objections import models as _objections
from matcher.reader import models as _reader
from matcher.subjects.demands import models as _demands
from matcher.subjects.profiles import models as _profiles
from matcher.twins import models as _twins
from matcher.vectors import models as _vectors

TABLES = (
    *(_acts, _coefficients, _contacts, _demands, _dockings, _feedback, _jobs, _mandates),
    *(_matching, _meetings, _objections, _profiles, _reader, _twins, _vectors),
)

# A database migrated before revisions were numbered as in the other services says "m0006" for "0006".
_RENUMBERED = """
DO $$ BEGIN
    IF to_regclass('alembic_version') IS NOT NULL THEN
        UPDATE alembic_version SET version_num = ltrim(version_num, 'm') WHERE version_num LIKE 'm%';
    END IF;
END $$"""
connection = context.config.attributes["connection"]
connection.execute(text(_RENUMBERED))
# Left open, this transaction would hold all migrations, of which each has to be one of its own.
connection.commit()

run_env(context, [CommonBase.metadata, ImportBase.metadata, AuditBase.metadata, Base.metadata])
