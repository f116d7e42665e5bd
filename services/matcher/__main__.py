"""`python -m matcher`: answer HTTP, do the background work, bring the database up to date, load, measure, learn."""

import argparse
import asyncio
import sys
from pathlib import Path

from common import command_line, runtime, streams
from common.command_line import Verb
from common.contracts.matcher import MatchEvent
from common.errors import Problem
from common.settings import from_environment
from matcher.app import create_app, loops
from matcher.consumers import DEMANDS
from matcher.engine.embedding import ModelUnavailable
from matcher.progress import staged
from matcher.settings import EngineSettings, MatcherSettings
from matcher.vectors.encoders import loader

# What one verb alone needs is imported by that verb: a server would carry it in vain, in time and memory.
MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    settings = from_environment(MatcherSettings)
    runtime.serve("matcher", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    settings = from_environment(MatcherSettings)
    runtime.work("matcher", settings, loops(settings))


def _migrate(_: argparse.Namespace) -> None:
    from common import migrations

    migrations.upgrade(MIGRATIONS, from_environment(MatcherSettings).database_url)


def _prepare(_: argparse.Namespace) -> None:
    settings = from_environment(EngineSettings)
    with staged("embedding model") as tell:
        loader(settings, tell)(settings.engine, settings.model)
        if settings.verifier:
            from matcher.engine.verification.verifier import load_verifier

            load_verifier(settings.platform.cache)
        tell("ready", 1.0)


def _reindex(_: argparse.Namespace) -> None:
    from matcher.upkeep.reindexing import reindex

    settings = from_environment(MatcherSettings)
    with staged("embedding model") as tell:
        embedder = loader(settings, tell)(settings.engine, settings.model)
    sys.stdout.write(asyncio.run(reindex(settings, embedder)) + "\n")


def _load(arguments: argparse.Namespace) -> None:
    from matcher import loading
    from matcher.json_lines import BadFile

    try:
        report = loading.run(arguments)
    except BadFile as error:
        sys.exit(str(error))
    sys.stdout.write(f"{report.text}\n")
    sys.exit(1 if report.refused_count else 0)


def _configure_load(parser: argparse.ArgumentParser) -> None:
    from matcher import loading

    loading.configure(parser)


def _evaluate(arguments: argparse.Namespace) -> None:
    from matcher import evaluation

    sys.exit(evaluation.run(arguments))


def _configure_evaluate(parser: argparse.ArgumentParser) -> None:
    from matcher import evaluation

    evaluation.configure(parser)


def _judge(arguments: argparse.Namespace) -> None:
    from matcher.evaluation import judge_command

    sys.exit(judge_command.run(arguments))


def _configure_judge(parser: argparse.ArgumentParser) -> None:
    from matcher.evaluation import judge_command

    judge_command.configure(parser)


def _clauses(arguments: argparse.Namespace) -> None:
    from matcher.evaluation import clauses_command

    sys.exit(clauses_command.run(arguments))


def _configure_clauses(parser: argparse.ArgumentParser) -> None:
    from matcher.evaluation import clauses_command

    clauses_command.configure(parser)


def _train(arguments: argparse.Namespace) -> None:
    from matcher.training import command

    sys.exit(command.run(arguments))


def _configure_train(parser: argparse.ArgumentParser) -> None:
    from matcher.training import command

    command.configure(parser)


def _doctor(arguments: argparse.Namespace) -> None:
    from common.doctor import command
    from matcher.doctor import examination

    command.run(arguments, examination(from_environment(MatcherSettings)))


def _configure_doctor(parser: argparse.ArgumentParser) -> None:
    from common.doctor import command

    command.configure(parser)


VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "hear demands, embed, rank and announce matches"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "streams": streams.verb(lambda: from_environment(MatcherSettings), MatchEvent.stream, [DEMANDS]),
    "prepare": Verb(_prepare, "convert the embedding model into the cache, once"),
    "load": Verb(_load, "load a folder of demands and offers through the public APIs", _configure_load),
    "evaluate": Verb(_evaluate, "measure the ranking on a folder of judged pairs", _configure_evaluate),
    "judge": Verb(_judge, "score the verdicts on a file of judged clause-profile pairs", _configure_judge),
    "clauses": Verb(_clauses, "read a file of demands' texts as clauses", _configure_clauses),
    "train": Verb(_train, "learn from outcomes, and switch only to what ranks better", _configure_train),
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", _configure_doctor),
    "reindex": Verb(_reindex, "move all vectors to the configured model, without downtime"),
}


def main() -> None:
    try:
        command_line.run("matcher", "Fits demands and what is offered together.", VERBS)
    except (ModelUnavailable, Problem) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
