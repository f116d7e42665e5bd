"""`python -m catalog`: answer HTTP, do the background work, or bring the database up to date."""

import argparse
import sys
from pathlib import Path

from catalog.app import create_app, figures, loops
from catalog.settings import CatalogSettings
from common import command_line, runtime, streams
from common.command_line import Verb
from common.contracts.catalog import DemandEvent
from common.settings import from_environment

MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    settings = from_environment(CatalogSettings)
    runtime.serve("catalog", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    settings = from_environment(CatalogSettings)
    runtime.work("catalog", settings, loops(settings), figures(settings))


def _migrate(_: argparse.Namespace) -> None:
    from common import migrations  # with alembic, which no other verb has a use for

    migrations.migrate(MIGRATIONS, from_environment(CatalogSettings))


def _doctor(arguments: argparse.Namespace) -> None:
    from catalog.doctor import examination
    from common.doctor import command

    command.run(arguments, examination(from_environment(CatalogSettings)))


def _configure_doctor(parser: argparse.ArgumentParser) -> None:
    from common.doctor import command

    command.configure(parser)


def _import(arguments: argparse.Namespace) -> None:
    from catalog.settings import CatalogDoorSettings
    from common.imports import command

    door = CatalogDoorSettings()
    sys.exit(command.run(arguments, command.ImportDoor(door.catalog, door.publisher_token)))


def _configure_import(parser: argparse.ArgumentParser) -> None:
    from common.imports import command

    command.configure(parser)


def _signing(name: str) -> Verb:
    """A verb of `catalog/signing_keys/command.py`, which is imported when it is asked for."""

    def run(arguments: argparse.Namespace) -> None:
        from catalog.signing_keys import command

        getattr(command, name)(arguments)

    def configure(parser: argparse.ArgumentParser) -> None:
        from catalog.signing_keys import command

        getattr(command, f"configure_{name}")(parser)

    return Verb(run, _SIGNING[name], configure)


_SIGNING = {
    "key": "make a pair of keys to sign results with",
    "sign": "sign the result of a validation",
    "verify": "check a signed result without a server",
}
VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "announce events and close demands at their closing time"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "import": Verb(_import, "import a table of demands through the public API", _configure_import),
    **{name: _signing(name) for name in _SIGNING},
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", _configure_doctor),
    "streams": streams.verb(lambda: from_environment(CatalogSettings), DemandEvent.stream),
}


def main() -> None:
    command_line.run("catalog", "Demands and the organisations behind them.", VERBS)


if __name__ == "__main__":
    main()
