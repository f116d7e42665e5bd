"""The list of durable boundaries names every loop that there is."""

import re

import pytest

from catalog.app import loops as of_catalog
from catalog.settings import CatalogSettings
from common.bus import Bus
from common.database import Database
from common.settings import ServiceSettings
from matcher.app import Work
from matcher.settings import MatcherSettings
from notify.app import loops as of_notify
from notify.settings import NotifySettings
from tests.support.dying.boundaries import ACTS, every

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1/none"


@pytest.mark.parametrize("service", ["catalog", "matcher", "notify"])
def test_every_loop_of_work_is_on_the_list(service: str) -> None:
    assert _loops(service) == set(ACTS[f"{service}-work"])


def _loops(service: str) -> set[str]:
    """Without the numbers of those that there are several of."""
    settings: ServiceSettings
    match service:
        case "catalog":
            settings = catalog = CatalogSettings(database_url=NOWHERE)
            named = of_catalog(catalog)
        case "matcher":
            settings = matcher = MatcherSettings(
                database_url=NOWHERE, reader_url="http://127.0.0.1:1/v1", reader_model="some"
            )
            named = Work(matcher)
        case _:
            settings = notify = NotifySettings(database_url=NOWHERE)
            named = of_notify(notify)
    return {re.sub(r"-\d+$", "", name) for name in named(Database(settings), Bus.of(settings, service))}


def test_a_boundary_is_named_once() -> None:
    names = [str(each) for each in every()]
    assert len(names) == len(set(names))
