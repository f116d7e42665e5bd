"""`python -m catalog`: answer HTTP, do the background work, or bring the database up to date."""

import argparse
import sys
from pathlib import Path

from catalog.settings import CatalogSettings
from common import command_line
from common.command_line import Verb, configured_by
from common.settings import from_environment

# What one verb alone needs is imported by that verb: two seconds for all of it.
MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    from catalog.app import create_app
    from common import runtime

    settings = from_environment(CatalogSettings)
    runtime.serve("catalog", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    from catalog.app import figures, loops
    from common import runtime

    settings = from_environment(CatalogSettings)
    runtime.work("catalog", settings, loops(settings), figures(settings))


def _migrate(_: argparse.Namespace) -> None:
    from common import migrating

    migrating.migrate(MIGRATIONS, from_environment(CatalogSettings))


def _doctor(arguments: argparse.Namespace) -> None:
    from catalog.doctor import examination
    from common.doctor import command

    command.run(arguments, examination(from_environment(CatalogSettings)))


def _import(arguments: argparse.Namespace) -> None:
    from catalog.settings import CatalogDoorSettings
    from common.imports import command

    door = CatalogDoorSettings()
    sys.exit(command.run(arguments, command.ImportDoor(door.catalog, door.publisher_token)))


def _streams(arguments: argparse.Namespace) -> None:
    from common import streams
    from common.contracts.catalog import DemandEvent

    streams.run(arguments, from_environment(CatalogSettings), DemandEvent.stream)


def _signing(name: str) -> Verb:
    """A verb of `catalog/signing_keys/command.py`, which is imported when it is asked for."""

    def run(arguments: argparse.Namespace) -> None:
        from catalog.signing_keys import command

        getattr(command, name)(arguments)

    return Verb(run, _SIGNING[name], configured_by("catalog.signing_keys.command", f"configure_{name}"))


def _audit(arguments: argparse.Namespace) -> None:
    from catalog.history.models import AUDIT
    from common.audit import command

    sys.exit(command.run(arguments, from_environment(CatalogSettings), AUDIT))


def _own_data(arguments: argparse.Namespace) -> None:
    from common.own_data import command

    sys.exit(command.run(arguments, from_environment(CatalogSettings), Path(__file__).parent))


def _seal(arguments: argparse.Namespace) -> None:
    import catalog.app  # noqa: F401  # from here on every table is known
    from catalog.base import Base
    from common.resealing import command

    sys.exit(command.run(arguments, from_environment(CatalogSettings), Base.metadata))


def _fairness(arguments: argparse.Namespace) -> None:
    from catalog.fairness import command

    sys.exit(command.run(arguments))


_SIGNING = {
    "key": "make a pair of keys to sign results with",
    "sign": "sign the result of a validation",
    "verify": "check a signed result without a server",
}
VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "announce events and close demands at their closing time"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "import": Verb(
        _import, "import a table of demands through the public API", configured_by("common.imports.command")
    ),
    **{name: _signing(name) for name in _SIGNING},
    "fairness": Verb(
        _fairness, "measure the fair-competition rules on labelled clauses", configured_by("catalog.fairness.command")
    ),
    "audit": Verb(
        _audit, "say whether the audit entries are as they were written", configured_by("common.audit.command")
    ),
    "seal": Verb(_seal, "seal contacts, imports and kept replies with the newest key, after keys came or changed"),
    "own-data": Verb(
        _own_data, "export what an organisation gave, or erase its contacts", configured_by("common.own_data.command")
    ),
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", configured_by("common.doctor.command")),
    "streams": Verb(
        _streams,
        "create its stream and consumers on the broker, if they are missing",
        configured_by("common.streams"),
    ),
}


def main() -> None:
    command_line.run("catalog", "Demands and the organisations behind them.", VERBS)


if __name__ == "__main__":
    main()
