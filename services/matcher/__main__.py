"""The command line of the matcher: `python -m matcher <verb>`."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from common import migrations, runtime
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


def parser() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m matcher", description="Fits demands and what is offered together.")
    verbs = line.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (run, meaning) in VERBS.items():
        verb = verbs.add_parser(name, help=meaning, description=meaning)
        verb.set_defaults(run=run)
        if name in ARGUMENTS:
            ARGUMENTS[name](verb)
    return line


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
    sys.stdout.write(f"{loading.run(arguments)}\n")


def _evaluate(arguments: argparse.Namespace) -> None:
    sys.exit(evaluation.run(arguments))


def _train(arguments: argparse.Namespace) -> None:
    sys.exit(training.run(arguments))


VERBS: dict[str, tuple[Callable[[argparse.Namespace], None], str]] = {
    "serve": (_serve, "answer HTTP requests"),
    "work": (_work, "hear demands, embed, rank and announce matches"),
    "migrate": (_migrate, "bring the database to the newest schema"),
    "prepare": (_prepare, "convert the embedding model into the cache, once"),
    "load": (_load, "load a folder of demands and offers through the public APIs"),
    "evaluate": (_evaluate, "measure the ranking on a folder of judged pairs"),
    "train": (_train, "learn from outcomes, and switch only to what ranks better"),
    "reindex": (_reindex, "move all vectors to the configured model, without downtime"),
}
ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "load": loading.configure,
    "evaluate": evaluation.configure,
    "train": training.configure,
}


def main() -> None:
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
    except (ModelUnavailable, loading.CannotLoad, Problem) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
