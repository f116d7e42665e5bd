"""The command line of the matcher: `python -m matcher <verb>`."""

import argparse
import sys
from pathlib import Path

from common import migrations, runtime
from matcher.app import create_app, loops
from matcher.settings import MatcherSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def parser() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m matcher", description="Jingqiao's matcher.")
    verbs = line.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("serve", help="answer HTTP").set_defaults(run=_serve)
    verbs.add_parser("work", help="hear demands, embed, rank and announce matches").set_defaults(run=_work)
    verbs.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)
    return line


def _serve(_: argparse.Namespace) -> int:
    settings = MatcherSettings()
    runtime.serve("matcher", create_app(settings), settings)
    return 0


def _work(_: argparse.Namespace) -> int:
    settings = MatcherSettings()
    runtime.work("matcher", settings, loops(settings))
    return 0


def _migrate(_: argparse.Namespace) -> int:
    migrations.upgrade(MIGRATIONS, MatcherSettings().database_url)
    return 0


def main() -> int:
    arguments = parser().parse_args()
    result: int = arguments.run(arguments)
    return result


if __name__ == "__main__":
    sys.exit(main())
