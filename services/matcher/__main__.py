"""`python -m matcher`: answer HTTP, do the background work, bring the database up to date, load, measure, learn."""

import argparse
import asyncio
import sys
from pathlib import Path

from common import command_line, migrations, runtime
from common.command_line import Verb
from common.errors import Problem
from common.settings import from_environment
from matcher import evaluation, loading
from matcher.app import create_app, loops
from matcher.engine.embedding import ModelUnavailable
from matcher.progress import staged
from matcher.settings import EngineSettings, MatcherSettings
from matcher.training import command as training
from matcher.upkeep.reindexing import reindex
from matcher.vectors.encoders import loader

MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    settings = from_environment(MatcherSettings)
    runtime.serve("matcher", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    settings = from_environment(MatcherSettings)
    runtime.work("matcher", settings, loops(settings))


def _migrate(_: argparse.Namespace) -> None:
    migrations.upgrade(MIGRATIONS, from_environment(MatcherSettings).database_url)


def _prepare(_: argparse.Namespace) -> None:
    settings = from_environment(EngineSettings)
    with staged("embedding model") as tell:
        loader(settings, tell)(settings.engine, settings.model)
        tell("ready", 1.0)


def _reindex(_: argparse.Namespace) -> None:
    settings = from_environment(MatcherSettings)
    with staged("embedding model") as tell:
        embedder = loader(settings, tell)(settings.engine, settings.model)
    sys.stdout.write(asyncio.run(reindex(settings, embedder)) + "\n")


def _load(arguments: argparse.Namespace) -> None:
    report = loading.run(arguments)
    sys.stdout.write(f"{report.text}\n")
    sys.exit(1 if report.refused_count else 0)


def _evaluate(arguments: argparse.Namespace) -> None:
    sys.exit(evaluation.run(arguments))


def _train(arguments: argparse.Namespace) -> None:
    sys.exit(training.run(arguments))


VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "hear demands, embed, rank and announce matches"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "prepare": Verb(_prepare, "convert the embedding model into the cache, once"),
    "load": Verb(_load, "load a folder of demands and offers through the public APIs", loading.configure),
    "evaluate": Verb(_evaluate, "measure the ranking on a folder of judged pairs", evaluation.configure),
    "train": Verb(_train, "learn from outcomes, and switch only to what ranks better", training.configure),
    "reindex": Verb(_reindex, "move all vectors to the configured model, without downtime"),
}


def main() -> None:
    try:
        command_line.run("matcher", "Fits demands and what is offered together.", VERBS)
    except (ModelUnavailable, loading.CannotLoad, Problem) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
