"""Reads from the database what the outcomes of matches teach: figures for the ranker, texts for the embedding model."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from matcher.engine.words.language import language_of
from matcher.evaluation.folder import FolderDemand, FolderOffer, Judged
from matcher.feedback import service as feedback
from matcher.feedback.rules import Lesson
from matcher.fitting.lessons import LEAST_PROPENSITY, Lessons, lessons
from matcher.subjects.demands import repository as demands
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.profiles import repository as profiles
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.offer import offer_of
from matcher.training.examples import Examples
from matcher.vectors import content

FEWEST_PAIRS, FEWEST_DEMANDS = 100, 20
"""Fewer say nothing that a bootstrap could tell from chance."""


class TooFew(Exception):
    """There is not enough to learn from; says how much is missing."""

    def __init__(self, pairs: int, demands: int) -> None:
        super().__init__(
            f"Nothing is changed: {pairs} judged matches of {demands} demands can be learnt from, and it takes"
            f" {FEWEST_PAIRS} of {FEWEST_DEMANDS}. {max(FEWEST_PAIRS - pairs, 0)} matches and"
            f" {max(FEWEST_DEMANDS - demands, 0)} demands are missing."
        )


def refuse_too_few(pairs: int, demands: int) -> None:
    if pairs < FEWEST_PAIRS or demands < FEWEST_DEMANDS:
        raise TooFew(pairs, demands)


async def figures(session: AsyncSession, model_id: str) -> Lessons:
    """The ranker's figures of every match with a telling outcome, as they were when it was shown by this embedding
    model: another model's mean something else. Raises TooFew."""
    told = [lesson for lesson in await feedback.lessons(session) if lesson.shown.model_id == model_id]
    found = lessons((lesson.shown.demand_id, lesson.shown, lesson.grade) for lesson in told)
    refuse_too_few(len(found), found.demand_count)
    return found


async def texts(session: AsyncSession) -> Examples:
    """The texts of every match with a telling outcome whose sides still read as they did then. Raises TooFew."""
    told = await feedback.lessons(session)
    asked = await demands.by_ids(session, list({lesson.shown.demand_id for lesson in told}))
    offered = await profiles.by_ids(session, list({lesson.shown.profile_id for lesson in told}))
    unchanged = [lesson for lesson in told if _is_unchanged(lesson, asked, offered)]
    refuse_too_few(len(unchanged), len({lesson.shown.demand_id for lesson in unchanged}))
    return _examples(unchanged, asked, offered)


def _is_unchanged(lesson: Lesson, asked: dict[UUID, DemandCopy], offered: dict[UUID, Profile]) -> bool:
    shown = lesson.shown
    versions = asked[shown.demand_id].version, offered[shown.profile_id].version
    return versions == (shown.demand_version, shown.profile_version)


def _examples(told: Sequence[Lesson], asked: dict[UUID, DemandCopy], offered: dict[UUID, Profile]) -> Examples:
    demand_at = {one: at for at, one in enumerate(dict.fromkeys(lesson.shown.demand_id for lesson in told))}
    offer_at = {one: at for at, one in enumerate(dict.fromkeys(lesson.shown.profile_id for lesson in told))}
    judged = Judged(
        demands=[_demand(asked[one]) for one in demand_at],
        offers=[_offer(offered[one]) for one in offer_at],
        demand_of=np.array([demand_at[lesson.shown.demand_id] for lesson in told], dtype=np.int64),
        offer_of=np.array([offer_at[lesson.shown.profile_id] for lesson in told], dtype=np.int64),
        grades=np.array([lesson.grade for lesson in told], dtype=np.int64),
        digest="",
    )
    return Examples(judged, np.array([1.0 / max(lesson.shown.propensity, LEAST_PROPENSITY) for lesson in told]))


def _demand(copy: DemandCopy) -> FolderDemand:
    snapshot = copy.read()
    language = language_of([snapshot.title, snapshot.need])
    asked = tuple(one.clause.text for one in content.askings(snapshot))
    return FolderDemand(str(copy.id), snapshot.title, snapshot.need, asked, language)


def _offer(profile: Profile) -> FolderOffer:
    offer = offer_of(profile)
    items = tuple(content.item_text(item) for item in offer.items)
    return FolderOffer(str(profile.id), offer.headline, offer.summary or "", items, profile.language)
