"""Runs the catalog's migrations on the connection it is given."""

from alembic import context

from catalog.attachments import models as _attachments
from catalog.awards import models as _awards
from catalog.base import Base
from catalog.consents import models as _consents
from catalog.data_offers import models as _data_offers
from catalog.demands import models as _demands
from catalog.evaluations import models as _evaluations
from catalog.fairness import models as _fairness
from catalog.guarantees import models as _guarantees
from catalog.history import models as _history
from catalog.lessons import models as _lessons
from catalog.lists import models as _lists
from catalog.milestones import models as _milestones
from catalog.organisations import models as _organisations
from catalog.pilot_lines import models as _pilot_lines
from catalog.pilots import models as _pilots
from catalog.policies import models as _policies
from catalog.presentations import models as _presentations
from catalog.procurements import models as _procurements
from catalog.projects import models as _projects
from catalog.proposals import models as _proposals
from catalog.questions import models as _questions
from catalog.roadshows import models as _roadshows
from catalog.share_rules import models as _share_rules
from catalog.signing_keys import models as _signing_keys
from catalog.solicitations import models as _solicitations
from catalog.solutions import models as _solutions
from catalog.subsidies import models as _subsidies
from catalog.subsidy_claims import models as _subsidy_claims
from catalog.test_beds import models as _test_beds
from catalog.transfers import models as _transfers
from catalog.validations import models as _validations
from common.audit.models import AuditBase
from common.database import CommonBase
from common.imports.models import ImportBase
from common.migrations import run_env

TABLES = (
    _demands,
    _history,
    _organisations,
    _questions,
    _attachments,
    _solicitations,
    _solutions,
    _evaluations,
    _policies,
    _procurements,
    _share_rules,
    _projects,
    _milestones,
    _guarantees,
    _lessons,
    _awards,
    _signing_keys,
    _test_beds,
    _consents,
    _pilot_lines,
    _pilots,
    _presentations,
    _roadshows,
    _transfers,
    _lists,
    _proposals,
    _validations,
    _subsidies,
    _subsidy_claims,
    _data_offers,
    _fairness,
)

run_env(context, [CommonBase.metadata, ImportBase.metadata, AuditBase.metadata, Base.metadata])
