"""The verb `train`: learns from outcomes, or from a folder of judged pairs, and switches only to what is better."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rich.console import Console

from common.clock import now
from common.database import Database
from common.errors import Problem
from common.settings import from_environment
from matcher.coefficients import document, in_use
from matcher.engine.ranking import background
from matcher.engine.ranking.ranker import Ranker, load_ranker
from matcher.evaluation.command import configured_embedder
from matcher.evaluation.folder import read
from matcher.json_lines import BadFile
from matcher.settings import EngineSettings, MatcherSettings
from matcher.training import comparison, learning, outcomes, tuning
from matcher.training.examples import Examples, equally
from matcher.training.learning import Learnt
from matcher.training.outcomes import TooFew


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="learn from this folder of judged pairs (see evaluate) instead of the outcomes in the database",
    )
    parser.add_argument(
        "--embedder", action="store_true", help="fine-tune the embedding model instead; needs the extra st"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="with --data: compare with the shipped coefficients and write better ones here; needs no database",
    )
    parser.add_argument("--compare-only", action="store_true", help="compare, and change nothing")


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the input cannot be used. Raises ModelUnavailable."""
    try:
        said = _embedder(arguments) if arguments.embedder else _coefficients(arguments)
    except TooFew as few:
        said = str(few)
    except (BadFile, Problem, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{said}\n")
    return 0


def _coefficients(arguments: Namespace) -> str:
    if arguments.out is None:
        return asyncio.run(_switched(arguments, from_environment(MatcherSettings)))
    if arguments.data is None:
        raise ValueError("--out goes with --data")
    if not arguments.compare_only:
        document.refuse_unwritable(arguments.out)
    found = learning.from_folder(arguments.data, configured_embedder(), None)
    if not _is_wanted(found, arguments):
        return _kept_old(found)
    document.write(found.content, arguments.out)
    return f"{arguments.out}: coefficients {found.content['version']}"


async def _switched(arguments: Namespace, settings: MatcherSettings) -> str:
    database = Database(settings)
    try:
        if arguments.data is None:
            found = await learning.from_outcomes(database)
        else:
            found = learning.from_folder(arguments.data, configured_embedder(), await learning.in_database(database))
        if not _is_wanted(found, arguments):
            return _kept_old(found)
        if not await learning.put_in_use(database, found, now()):
            return "Nothing is changed: others were put in use meanwhile. Train again to compare with those."
        return f"Now in use: coefficients {found.content['version']}. All open demands are ranked anew."
    finally:
        await database.close()


def _is_wanted(found: Learnt, arguments: Namespace) -> bool:
    told = found.told
    title = f"Coefficients learnt from {len(told)} pairs of {told.demand_count} demands, on demands held out"
    Console(stderr=True).print(comparison.table(found.compared, title=title))
    return found.is_better and not arguments.compare_only


def _kept_old(found: Learnt) -> str:
    return "Nothing is changed." if found.is_better else "Nothing is changed: they are no better beyond doubt."


def _embedder(arguments: Namespace) -> str:
    tuning.refuse_without_extra()
    if arguments.data is None:
        stored = from_environment(MatcherSettings)
        settings: EngineSettings = stored
        examples, used = asyncio.run(_texts(stored))
    else:
        settings, used = from_environment(EngineSettings), load_ranker()
        examples = equally(read(arguments.data))
    found = tuning.tune(examples, settings, used, is_kept=not arguments.compare_only)
    title = f"The embedding model, trained on {found.learnt} demands, on {found.held_out} held out"
    Console(stderr=True).print(comparison.table(found.compared, title=title))
    if found.folder is None:
        return "Nothing is changed." if found.is_better else "Nothing is changed: it is no better beyond doubt."
    return f"Kept as {found.folder}\nTo put it in use: MATCHER_MODEL={found.folder} python -m matcher reindex"


async def _texts(settings: MatcherSettings) -> tuple[Examples, Ranker]:
    database = Database(settings)
    try:
        used = in_use.ranker(await learning.in_database(database), background.load())
        async with database.begin() as session:
            return await outcomes.texts(session), used
    finally:
        await database.close()
