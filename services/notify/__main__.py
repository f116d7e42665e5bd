"""`python -m notify`: answer HTTP, do the background work, or bring the database up to date."""

import argparse
from pathlib import Path

from common import command_line, runtime, streams
from common.command_line import Verb
from common.contracts.notify import MatchNotified
from common.settings import from_environment
from notify.app import create_app, figures, loops
from notify.consumers import CONSUMPTIONS
from notify.settings import NotifySettings

MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    settings = from_environment(NotifySettings)
    runtime.serve("notify", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    settings = from_environment(NotifySettings)
    runtime.work("notify", settings, loops(settings), figures(settings))


def _migrate(_: argparse.Namespace) -> None:
    from common import migrations  # with alembic, which no other verb has a use for

    migrations.migrate(MIGRATIONS, from_environment(NotifySettings))


def _doctor(arguments: argparse.Namespace) -> None:
    from common.doctor import command
    from notify.doctor import examination

    command.run(arguments, examination(from_environment(NotifySettings)))


def _configure_doctor(parser: argparse.ArgumentParser) -> None:
    from common.doctor import command

    command.configure(parser)


def _credentials(arguments: argparse.Namespace) -> None:
    from notify.credentials import command

    command.run(arguments, from_environment(NotifySettings))


def _configure_credentials(parser: argparse.ArgumentParser) -> None:
    from notify.credentials import command

    command.configure(parser)


def _suppress(arguments: argparse.Namespace) -> None:
    from notify.suppressions import command

    command.run(arguments, from_environment(NotifySettings))


def _configure_suppress(parser: argparse.ArgumentParser) -> None:
    from notify.suppressions import command

    command.configure(parser)


VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "hear of matches and make deliveries"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", _configure_doctor),
    "streams": streams.verb(lambda: from_environment(NotifySettings), MatchNotified.stream, CONSUMPTIONS),
    "credentials": Verb(
        _credentials, "issue and revoke what organisations connect to the broker with", _configure_credentials
    ),
    "suppress": Verb(_suppress, "keep the list of addresses that are not written to any more", _configure_suppress),
}


def main() -> None:
    command_line.run("notify", "Subscriptions and deliveries.", VERBS)


if __name__ == "__main__":
    main()
