"""Puts the catalog together: its HTTP API, and the loops of its background work."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from catalog.attachments import routes as attachments
from catalog.attachments.store import Stores
from catalog.awards import routes as awards
from catalog.awards import service as award_service
from catalog.consents import routes as consents
from catalog.data_offers import routes as data_offers
from catalog.data_offers import service as data_offer_service
from catalog.demands import clock, moves, retention
from catalog.demands import routes as demands
from catalog.demands.public import HOT_READS, PublicDemands
from catalog.evaluations import routes as evaluations
from catalog.fairness import routes as fairness
from catalog.figures import figures as of_database
from catalog.guarantees import routes as guarantees
from catalog.history import routes as feed
from catalog.history.feed import Feed
from catalog.history.models import AUDIT
from catalog.imports.noun import Demands
from catalog.lessons import routes as lessons
from catalog.lists import routes as lists
from catalog.lists import service as list_service
from catalog.milestones import routes as milestones
from catalog.milestones import service as milestone_service
from catalog.organisations import routes as organisations
from catalog.pilot_lines import routes as pilot_lines
from catalog.pilots import routes as pilots
from catalog.pilots import service as pilot_service
from catalog.policies import routes as policies
from catalog.policies import service as policy_service
from catalog.presentations import routes as presentations
from catalog.procurements import routes as procurements
from catalog.projects import routes as projects
from catalog.proposals import routes as proposals
from catalog.questions import routes as questions
from catalog.roadshows import routes as roadshows
from catalog.roadshows import service as roadshow_service
from catalog.settings import CatalogSettings
from catalog.share_rules import routes as share_rules
from catalog.signing_keys import routes as signing_keys
from catalog.solicitations import routes as solicitations
from catalog.solicitations import service as solicitation_service
from catalog.solutions import routes as solutions
from catalog.statistics import routes as statistics
from catalog.subsidies import routes as subsidies
from catalog.subsidies import service as subsidy_service
from catalog.subsidy_claims import routes as subsidy_claims
from catalog.subsidy_claims import service as subsidy_claim_service
from catalog.test_beds import routes as test_beds
from catalog.transfers import routes as transfers
from catalog.validations import routes as validations
from catalog.validations import signing
from common import deadlines
from common.audit.sealing import sealing
from common.bus import Bus
from common.clock import now
from common.contracts.catalog import DemandEvent
from common.database import Database
from common.figures import Measurement
from common.imports import routes as imports
from common.imports.worker import Importing
from common.permissions.table import of_service
from common.runtime import Loop, relaying
from common.turns import FairGate
from common.web import Api, build_app

DESCRIPTION = """
What organisations want solved: **demands** of four kinds (`scenario`, `challenge`, `financing`, `pilot`) with typed
clauses.

A demand is drafted, submitted, reviewed, published, amended with a reason, closed, evaluated, validated and adopted, or
ends earlier. A **solicitation** calls for **solutions** to it, sealed until a deadline; its result is published.
A **list** is an edition of scenarios by year and batch: surveyed, drafted, reviewed, frozen, published, corrected.
Each public step is announced as an event and kept as a version. Reading what is public needs no token. Every refusal is
an RFC 9457 problem document that names the field at fault.
"""


CHECKED_AT_ONCE, MOST_CHECKS_WAITING = 1, 64
"""Texts of a process that are checked for fair competition: the check holds the interpreter."""
ROUTERS = (
    demands.router,
    moves.router,
    fairness.router,
    questions.router,
    attachments.router,
    solicitations.router,
    solutions.router,
    evaluations.router,
    organisations.router,
    imports.router,
    policies.router,
    procurements.router,
    share_rules.router,
    share_rules.shares,
    projects.router,
    milestones.router,
    guarantees.router,
    lessons.router,
    statistics.router,
    awards.router,
    roadshows.router,
    presentations.router,
    consents.router,
    pilot_lines.router,
    pilots.router,
    transfers.router,
    signing_keys.router,
    test_beds.router,
    validations.router,
    lists.router,
    proposals.router,
    proposals.single,
    subsidies.router,
    subsidy_claims.router,
    subsidy_claims.balances,
    data_offers.router,
    feed.router,
)


def create_app(settings: CatalogSettings) -> FastAPI:
    @asynccontextmanager
    async def ready_to_read(app: FastAPI) -> AsyncIterator[None]:
        app.state.imported = Demands()
        app.state.attachments = Stores(settings.attachments_folder)
        app.state.feed = Feed(app.state.database, lambda: app.state.is_stopping)
        app.state.public = PublicDemands(app.state.database, most_bytes=settings.read_cache_mb * 2**20)
        yield

    api = Api(ROUTERS, of_service("catalog"), HOT_READS)
    app = build_app("catalog", settings, api, description=DESCRIPTION, extra=ready_to_read)
    app.state.is_upload = attachments.is_upload
    app.state.checking = FairGate(
        at_once=CHECKED_AT_ONCE, most_waiting=MOST_CHECKS_WAITING, limit_s=settings.queue_limit_s, name="checks"
    )
    return app


DUE = {
    **clock.DUE,
    **solicitation_service.DUE,
    **policy_service.DUE,
    **milestone_service.DUE,
    **award_service.DUE,
    **roadshow_service.DUE,
    **pilot_service.DUE,
    **signing.DUE,
    **list_service.DUE,
    **subsidy_service.DUE,
    **subsidy_claim_service.DUE,
    **data_offer_service.DUE,
}
"""What the clock does, by the kind of deadline."""


def loops(settings: CatalogSettings) -> Callable[[Database, Bus], Mapping[str, Loop]]:
    def named(database: Database, bus: Bus) -> Mapping[str, Loop]:
        return {
            "relay": relaying(database, bus, DemandEvent.stream, settings),
            "deadlines": deadlines.keeping(database, DUE, replan=clock.replan, every_s=settings.close_every_s, now=now),
            "sealing": sealing(database, AUDIT),
            "forgetting": retention.forgetting(database, settings.contact_days, now),
            "importing": Importing(database, Demands(), settings, settings.platform.tracks).run,
        }

    return named


def figures(_: CatalogSettings) -> Callable[[Database], Sequence[Measurement]]:
    return lambda database: of_database(database, now)
