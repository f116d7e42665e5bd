"""The command line of the matcher: `python -m matcher <verb>`."""

import argparse
import asyncio
import sys
from pathlib import Path

from common import migrations, runtime
from matcher.app import create_app, loops
from matcher.engine.embedding import ModelUnavailable
from matcher.progress import staged
from matcher.settings import EngineSettings, MatcherSettings
from matcher.upkeep.reindexing import reindex
from matcher.vectors.encoders import loader

MIGRATIONS = Path(__file__).parent / "migrations"


def parser() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m matcher", description="Fits demands and what is offered together.")
    verbs = line.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("serve", help="answer HTTP requests").set_defaults(run=_serve)
    verbs.add_parser("work", help="hear demands, embed, rank and announce matches").set_defaults(run=_work)
    verbs.add_parser("migrate", help="bring the database to the newest schema").set_defaults(run=_migrate)
    verbs.add_parser("prepare", help="convert the embedding model into the cache, once").set_defaults(run=_prepare)
    verbs.add_parser("reindex", help="move all vectors to the configured model, without downtime").set_defaults(
        run=_reindex
    )
    return line


def _serve(_: argparse.Namespace) -> None:
    settings = MatcherSettings()
    runtime.serve("matcher", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    settings = MatcherSettings()
    runtime.work("matcher", settings, loops(settings))


def _migrate(_: argparse.Namespace) -> None:
    migrations.upgrade(MIGRATIONS, MatcherSettings().database_url)


def _prepare(_: argparse.Namespace) -> None:
    settings = EngineSettings()
    with staged("embedding model") as tell:
        loader(settings, tell)(settings.engine, settings.model)
        tell("ready", 1.0)


def _reindex(_: argparse.Namespace) -> None:
    settings = MatcherSettings()
    with staged("embedding model") as tell:
        embedder = loader(settings, tell)(settings.engine, settings.model)
    sys.stdout.write(asyncio.run(reindex(settings, embedder)) + "\n")


def main() -> None:
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
    except ModelUnavailable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
