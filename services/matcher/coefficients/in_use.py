"""Gives the ranker with the coefficients in use: what training switched to, or what came with the package."""

import structlog

from matcher.coefficients.models import Coefficients
from matcher.engine.ranking.background import Background
from matcher.engine.ranking.ranker import Ranker, load_ranker, ranker_of

log = structlog.get_logger()


def version(learnt: Coefficients | None) -> str | None:
    """Of the coefficients that training switched to; None while those that came with the package are in use."""
    return learnt.version if learnt else None


def ranker(learnt: Coefficients | None, known: Background) -> Ranker:
    """Coefficients learnt before an upgrade that computes other figures are passed over, with a warning."""
    if learnt is not None:
        try:
            return ranker_of(learnt.document, known=known)
        except ValueError as error:
            log.warning("learnt_coefficients_unused", version=learnt.version, reason=str(error))
    return load_ranker(known=known)
