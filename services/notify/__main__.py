"""`python -m notify`: answer HTTP, do the background work, or bring the database up to date."""

import argparse
import sys
from pathlib import Path

from common import command_line
from common.command_line import Verb, configured_by
from common.settings import from_environment
from notify.settings import NotifySettings

# What one verb alone needs is imported by that verb: a second for all of it.
MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    from common import runtime
    from notify.app import create_app

    settings = from_environment(NotifySettings)
    runtime.serve("notify", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    from common import runtime
    from notify.app import figures, loops

    settings = from_environment(NotifySettings)
    runtime.work("notify", settings, loops(settings), figures(settings))


def _migrate(_: argparse.Namespace) -> None:
    from common import migrating

    migrating.migrate(MIGRATIONS, from_environment(NotifySettings))


def _doctor(arguments: argparse.Namespace) -> None:
    from common.doctor import command
    from notify.doctor import examination

    command.run(arguments, examination(from_environment(NotifySettings)))


def _streams(arguments: argparse.Namespace) -> None:
    from common import streams
    from common.contracts.notify import MatchNotified
    from notify.consumers import CONSUMPTIONS

    streams.run(arguments, from_environment(NotifySettings), MatchNotified.stream, CONSUMPTIONS)


def _credentials(arguments: argparse.Namespace) -> None:
    from notify.credentials import command

    command.run(arguments, from_environment(NotifySettings))


def _suppress(arguments: argparse.Namespace) -> None:
    from notify.suppressions import command

    command.run(arguments, from_environment(NotifySettings))


def _own_data(arguments: argparse.Namespace) -> None:
    from common.own_data import command

    sys.exit(command.run(arguments, from_environment(NotifySettings), Path(__file__).parent))


VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "hear of matches and make deliveries"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "own-data": Verb(
        _own_data, "export what an organisation gave, or erase its contacts", configured_by("common.own_data.command")
    ),
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", configured_by("common.doctor.command")),
    "streams": Verb(
        _streams,
        "create its stream and consumers on the broker, if they are missing",
        configured_by("common.streams"),
    ),
    "credentials": Verb(
        _credentials,
        "issue and revoke what organisations connect to the broker with",
        configured_by("notify.credentials.command"),
    ),
    "suppress": Verb(
        _suppress,
        "keep the list of addresses that are not written to any more",
        configured_by("notify.suppressions.command"),
    ),
}


def main() -> None:
    command_line.run("notify", "Subscriptions and deliveries.", VERBS)


if __name__ == "__main__":
    main()
