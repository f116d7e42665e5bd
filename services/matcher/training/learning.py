"""Learns coefficients and puts them in use if they are better, in one deployment's database or in a file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from common.database import Database
from common.progress import counted
from matcher.coefficients import in_use, repository
from matcher.coefficients.models import Coefficients
from matcher.engine.embedding import Embedder
from matcher.engine.ranking import background
from matcher.engine.ranking.ranker import Ranker
from matcher.evaluation import encoding, folder
from matcher.evaluation.bootstrap import PairedDifference
from matcher.fitting.lessons import Lessons
from matcher.jobs.repository import queue_open_demands, wait_for_rankings
from matcher.training import comparison, examples, outcomes
from matcher.training.comparison import Compared
from matcher.training.refit import refit
from matcher.vectors import repository as vectors


@dataclass(frozen=True)
class Learnt:
    """Coefficients learnt from `told`, and how they compare with those in use on demands that were held out.

    instead_of  version of the learnt coefficients that they were compared with; None while there were none
    """

    told: Lessons
    content: Mapping[str, Any]
    compared: Compared
    is_better: bool
    instead_of: str | None = None


def learn(told: Lessons, used: Ranker, *, source: str) -> Learnt:
    """Seconds. Better must be both how likely the grades were and the order. Raises TooFew."""
    outcomes.refuse_too_few(len(told), told.demand_count)
    made = refit(told, used, source=source)
    held_out: Mapping[str, Mapping[str, float] | None] = made.content["origin"]["held_out_over_used"]
    compared = {name: PairedDifference(**one) if one else None for name, one in held_out.items()}
    return Learnt(told, made.content, compared, made.is_better and comparison.is_better(compared))


async def in_database(database: Database) -> Coefficients | None:
    """What training switched to, if it ever did."""
    async with database.begin() as session:
        return await repository.active(session)


async def from_outcomes(database: Database) -> Learnt:
    """From all outcomes under the embedding model in use. Raises TooFew."""
    learnt = await in_database(database)
    async with database.begin() as session:
        model = await vectors.active_model(session)
        if model is None:
            raise outcomes.TooFew(0, 0)
        told = await outcomes.figures(session, model.id)
    # The figures are there already, so of the background only its name is read.
    used = in_use.ranker(learnt, replace(background.load(), model=model.id))
    return replace(learn(told, used, source="outcomes"), instead_of=in_use.version(learnt))


def from_folder(data: Path, embedder: Embedder, learnt: Coefficients | None) -> Learnt:
    """From judged pairs, which are embedded first: a minute for some thousands. Raises BadFile and TooFew."""
    judged = examples.equally(folder.read(data))
    used = in_use.ranker(learnt, background.of(embedder))
    with counted("embedding", encoding.count(judged.judged)) as advance:
        seen = encoding.embed(judged.judged, embedder, on_progress=advance)
    source = f"judged pairs, SHA-256 {judged.judged.digest}"
    return replace(learn(examples.figures(judged, seen, used), used, source=source), instead_of=in_use.version(learnt))


async def put_in_use(database: Database, found: Learnt, at: datetime) -> bool:
    """Switch every process of the deployment, and have all open demands ranked anew.

    False, and nothing is changed, when others than those it was compared with are in use by now.
    """
    async with database.begin() as session:
        await repository.hold(session)
        if await repository.active_version(session) != found.instead_of:
            return False
        await wait_for_rankings(session)
        await repository.switch(session, found.content, at)
        await queue_open_demands(session, at)
    return True
