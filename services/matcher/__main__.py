"""`python -m matcher`: answer HTTP, do the background work, bring the database up to date, load, measure, learn."""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path

from common import command_line
from common.command_line import Verb, configured_by
from common.errors import Problem
from common.progress import staged
from common.settings import from_environment
from matcher.engine.embedding import ModelUnavailable
from matcher.settings import EngineSettings, MatcherSettings

# What one verb alone needs is imported by that verb: the others would carry it in vain, in time and memory.
MIGRATIONS = Path(__file__).parent / "migrations"


def _serve(_: argparse.Namespace) -> None:
    from common import runtime
    from matcher.app import create_app

    settings = from_environment(MatcherSettings)
    runtime.serve("matcher", create_app(settings), settings)


def _work(_: argparse.Namespace) -> None:
    from common import runtime
    from matcher.app import Work, figures

    settings = from_environment(MatcherSettings)
    background = Work(settings)
    runtime.work("matcher", settings, background, figures(settings), lambda: background.troubles())


def _migrate(_: argparse.Namespace) -> None:
    from common import migrating

    migrating.migrate(MIGRATIONS, from_environment(MatcherSettings))


def _prepare(_: argparse.Namespace) -> None:
    from matcher.vectors.encoders import loader

    settings = from_environment(EngineSettings)
    with staged("embedding model") as tell:
        loader(settings, tell)(settings.engine, settings.model)
        if settings.verifier:
            from matcher.engine.verification.verifier import load_verifier

            load_verifier(settings.platform.cache)
        tell("ready", 1.0)


def _reindex(_: argparse.Namespace) -> None:
    from matcher.upkeep.reindexing import reindex
    from matcher.vectors.encoders import IN_HAND_S, loader

    settings = from_environment(MatcherSettings)
    with staged("embedding model") as tell:
        embedder = loader(settings, tell)(settings.engine, settings.model)
    sys.stdout.write(asyncio.run(reindex(settings, embedder, kept_s=IN_HAND_S)) + "\n")


def _load(arguments: argparse.Namespace) -> None:
    from matcher import loading
    from matcher.json_lines import BadFile

    try:
        report = loading.run(arguments)
    except BadFile as error:
        sys.exit(str(error))
    sys.stdout.write(f"{report.text}\n")
    sys.exit(1 if report.refused_count else 0)


def _import(arguments: argparse.Namespace) -> None:
    from common.imports import command
    from matcher.settings import LoadSettings

    door = LoadSettings()
    sys.exit(command.run(arguments, command.ImportDoor(door.matcher, door.enterprise_token)))


def _doctor(arguments: argparse.Namespace) -> None:
    from common.doctor import command
    from matcher.doctor import examination

    command.run(arguments, examination(from_environment(MatcherSettings)))


def _streams(arguments: argparse.Namespace) -> None:
    from common import streams
    from common.contracts.matcher import MatchEvent
    from matcher.consumers import HEARD

    streams.run(arguments, from_environment(MatcherSettings), MatchEvent.stream, HEARD)


def _audit(arguments: argparse.Namespace) -> None:
    from common.audit import command
    from matcher.acts.models import ACTS

    sys.exit(command.run(arguments, from_environment(MatcherSettings), ACTS))


def _own_data(arguments: argparse.Namespace) -> None:
    from common.own_data import command

    sys.exit(command.run(arguments, from_environment(MatcherSettings), Path(__file__).parent))


def _seal(arguments: argparse.Namespace) -> None:
    import matcher.app  # noqa: F401  # from here on every table is known
    from common.resealing import command
    from matcher.base import Base

    sys.exit(command.run(arguments, from_environment(MatcherSettings), Base.metadata))


def _from(module: str, about: str) -> Verb:
    """The verb that a module's `configure` and `run` make; `run` answers the exit status."""

    def run(arguments: argparse.Namespace) -> None:
        sys.exit(importlib.import_module(module).run(arguments))

    return Verb(run, about, configured_by(module))


VERBS = {
    "serve": Verb(_serve, "answer HTTP requests"),
    "work": Verb(_work, "hear demands, embed, rank and announce matches"),
    "migrate": Verb(_migrate, "bring the database to the newest schema"),
    "streams": Verb(
        _streams,
        "create its stream and consumers on the broker, if they are missing",
        configured_by("common.streams"),
    ),
    "prepare": Verb(_prepare, "convert the embedding model into the cache, once"),
    "load": Verb(
        _load, "load a folder of demands and offers through the public APIs", configured_by("matcher.loading")
    ),
    "import": Verb(
        _import, "import a table of profiles through the public API", configured_by("common.imports.command")
    ),
    "evaluate": _from("matcher.evaluation", "measure the ranking on a folder of judged pairs"),
    "judge": _from("matcher.evaluation.judge_command", "score the verdicts on a file of judged clause-profile pairs"),
    "clauses": _from("matcher.evaluation.clauses_command", "read a file of demands' texts as clauses"),
    "train": _from("matcher.training.command", "learn from outcomes, and switch only to what ranks better"),
    "train-verifier": _from("matcher.training.verification.command", "train the verifier of clauses on sets and pairs"),
    "audit": Verb(
        _audit, "say whether the acts on record are as they were written", configured_by("common.audit.command")
    ),
    "seal": Verb(_seal, "seal contacts, imports and kept replies with the newest key, after keys came or changed"),
    "own-data": Verb(
        _own_data, "export what an organisation gave, or erase its contacts", configured_by("common.own_data.command")
    ),
    "doctor": Verb(_doctor, "say what is wrong and what to do about it", configured_by("common.doctor.command")),
    "reindex": Verb(_reindex, "move all vectors to the configured model, without downtime"),
}


def main() -> None:
    try:
        command_line.run("matcher", "Fits demands and what is offered together.", VERBS)
    except (ModelUnavailable, Problem) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
