"""The walls that imports alone cannot say: who speaks SQL, NATS or HTTP, who reads the environment."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from fastapi import APIRouter

from catalog.app import DUE, ROUTERS
from tests.contract.sources import ROOT, SOURCES, imported, importers_of, room, source

NOUNS = sorted({path.parent for path in SOURCES if path.name == "routes.py"})
ROOMS = {"routes.py", "schemas.py", "service.py", "rules.py", "repository.py", "models.py"}
VIEWS = {"catalog/statistics", "matcher/exposure"}
"""They show what others store, and have no table."""
QUERY_WORDS = {"select", "insert", "update", "delete", "text", "exists", "union", "union_all", "literal_column"}
SERVICES = ("catalog", "matcher", "notify")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def test_only_repositories_speak_sql() -> None:
    speakers = {
        room(path)
        for path in SOURCES
        if "/migrations/" not in path.as_posix()
        for module, name in imported(path)
        if module.startswith("sqlalchemy") and name in QUERY_WORDS
    }
    allowed = {
        f"common/{table}.py"
        for table in (
            "outbox",
            "inbox",
            "idempotency",
            "dead_letters",
            "deadlines",
            "forgetting",
            "grants",
            "migrating",
        )
    }
    outside = {speaker for speaker in speakers if not speaker.endswith("/repository.py")} - allowed
    # A column default in a model is data definition, not a query.
    assert {speaker for speaker in outside if not speaker.endswith("/models.py")} == set()


def test_nobody_gets_at_sql_by_a_side_door() -> None:
    whole = {room(path) for path in SOURCES for found in imported(path) if found == ("sqlalchemy", "")}
    assert {one for one in whole if "/migrations/" not in one} == {"common/migrations.py"}
    drivers = importers_of("asyncpg")
    # `lines` names the driver's errors and its dialect, and runs the statements that it is given.
    assert {one for one in drivers if not one.endswith("/repository.py")} == {"common/lines.py", "common/outbox.py"}


def test_routes_page_by_the_one_piece_there_is() -> None:
    by_hand = {
        room(path) for path in SOURCES for found in imported(path) if found == ("common.pagination", "link_next")
    }
    # Matches and their outcomes come with more than their page; entries and rows are in an order of numbers.
    assert by_hand == {
        *("common/listing.py", "common/rawjson.py", "common/imports/routes.py"),
        *("catalog/history/routes.py", "catalog/lists/routes.py"),
        *("matcher/matching/routes.py", "matcher/feedback/routes.py"),
    }


def test_only_the_bus_speaks_nats() -> None:
    assert importers_of("nats") == {
        *("common/broker_access.py", "common/broker_claims.py", "common/broker_publishing.py"),
        *("common/broker_pulling.py", "common/bus.py", "common/consumption.py"),
    }


def test_only_the_named_doors_send_http() -> None:
    # matcher/loading is a client of the public APIs, run by a person, not a part of a service; the second reader's
    # address is named by the operator.
    # So is common/imports/command.py. The portal is a client of the public APIs and of the identity provider.
    assert importers_of("httpx") == {
        *("notify/egress.py", "common/imports/command.py", "matcher/loading/door.py", "matcher/reader/client.py"),
        *("portal/api.py", "portal/login/oidc.py"),
    }
    # common/server.py takes connections in, and opens none; notify/connections.py those of the guard's network.
    doors = {"notify/egress.py", "notify/connections.py", "common/server.py"}
    assert importers_of("httpcore") | importers_of("socket") == doors
    assert not any(map(importers_of, ("aiohttp", "http", "requests", "urllib", "urllib3")))


def test_nobody_gives_words_to_the_segmenter_that_all_share() -> None:
    assert importers_of("rjieba") == {"matcher/engine/words/lexical.py"}


def test_only_settings_read_the_environment() -> None:
    assert {room(path) for path in SOURCES if source(path).names & {"environ", "getenv"}} == set()


def test_only_edges_read_the_clock() -> None:
    """Routes, consumers, loops and commands; everything below them is told the time."""
    readers = {room(path) for path in SOURCES for found in imported(path) if found == ("common.clock", "now")}
    inner = {
        one for one in readers if one.rsplit("/", 1)[1] not in {"routes.py", "app.py", "consumers.py", "changing.py"}
    }
    assert inner == {
        "common/doctor/replaying.py",
        "common/health.py",
        "common/imports/worker.py",
        "common/outbox.py",
        "common/relay.py",
        "common/runtime.py",
        "matcher/probing/recall.py",
        "matcher/training/command.py",
        "matcher/upkeep/indexing.py",
        "matcher/upkeep/reindexing.py",
        "matcher/vectors/encoders.py",  # whatever process first loads a model registers it
        "matcher/work/reading.py",
        "matcher/work/worker.py",
        "notify/credentials/command.py",
        "notify/suppressions/command.py",
    }


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: room(noun))
def test_every_noun_has_the_six_rooms(noun: Path) -> None:
    # The matcher keeps the rows of demands and profiles below everything that reads them.
    folders = [noun, noun.parent / "subjects" / noun.name]
    needed = ROOMS - {"models.py"} if room(noun) in VIEWS else ROOMS
    assert {path.name for folder in folders for path in folder.glob("*.py")} >= needed


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_look_alike_in_every_service(service: str) -> None:
    folder = ROOT / "services" / service / "migrations"
    assert {path.name for path in folder.iterdir() if path.name != "__pycache__"} == {
        "__init__.py",
        "env.py",
        "versions",
    }
    steps = sorted(path for path in (folder / "versions").glob("*.py") if path.name != "__init__.py")
    for number, step in enumerate(steps, start=1):
        assert re.fullmatch(rf"m{number:04}_[a-z_]+", step.stem), step.name
        assert f'\nrevision = "{number:04}"\n' in step.read_text(), step.name


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_know_every_table(service: str) -> None:
    known = {f"{module}.{name}" for module, name in imported(ROOT / "services" / service / "migrations" / "env.py")}
    tables = {path for path in SOURCES if path.name == "models.py" and path.is_relative_to(ROOT / "services" / service)}
    assert {room(path).removesuffix(".py").replace("/", ".") for path in tables} <= known


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: room(noun))
def test_routes_leave_the_database_to_the_service(noun: Path) -> None:
    # A type of row may be named, a query may not be called.
    found = imported(noun / "routes.py")
    assert [name for module, name in found if name == "repository" or (_is_sql(module) and name[0].islower())] == []


def _is_sql(module: str) -> bool:
    return module.endswith(".repository")


def test_a_class_name_means_one_thing() -> None:
    where: dict[str, list[str]] = {}
    for path in SOURCES:
        for name in source(path).classes:
            where.setdefault(name, []).append(room(path))
    del where["Base"]  # each service's declarative base
    assert {name: rooms for name, rooms in where.items() if len(rooms) > 1} == {}


def test_unit_tests_stand_in_the_folders_of_what_they_test() -> None:
    unit, roots = ROOT / "tests" / "unit", (ROOT / "libs", ROOT / "services", ROOT, ROOT / "tests")
    folders = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}
    assert {str(folder) for folder in folders if not any((root / folder).is_dir() for root in roots)} == set()
    assert Path() not in folders


def test_no_file_is_too_long_to_read() -> None:
    long = {room(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_too_long_to_read() -> None:
    long = {
        f"{room(path)}: {name}"
        for path in SOURCES
        if "/versions/" not in path.as_posix()  # a table is as long as it has columns
        for name, lines in source(path).functions
        if lines > LONGEST_FUNCTION
    }
    assert long == set()


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    assert {room(path) for path in SOURCES if not source(path).is_told} == set()


def test_the_clock_knows_what_every_noun_has_it_do() -> None:
    doing = [path for path in (ROOT / "services" / "catalog").glob("*/*.py") if "\nDUE: " in path.read_text()]
    found = [import_module(f"catalog.{path.parent.name}.{path.stem}").DUE for path in doing]
    assert len(found) > 5
    assert {kind: handler for each in found for kind, handler in each.items()} == DUE


def test_the_catalog_answers_for_every_noun() -> None:
    rooms = sorted((ROOT / "services" / "catalog").glob("*/routes.py"))
    nouns = [import_module(f"catalog.{path.parent.name}.routes") for path in rooms]
    # A name that begins with a line is of a router within another.
    named = [(name, one) for noun in nouns for name, one in vars(noun).items() if not name.startswith("_")]
    routers = {id(one) for _, one in named if isinstance(one, APIRouter)}
    assert routers <= {id(one) for one in ROUTERS}


@pytest.mark.parametrize("suite", ["e2e", "chaos"])
def test_end_to_end_tests_see_only_the_network(suite: str) -> None:
    packages = {module.split(".")[0] for path in (ROOT / "tests" / suite).glob("*.py") for module, _ in imported(path)}
    assert packages.isdisjoint({"common", "catalog", "matcher", "notify", "sqlalchemy", "asyncpg"})
