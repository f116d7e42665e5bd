"""Tells whether a demand and an offer have anything in common, in words or in meaning.

Cosines of a few letters typed at random stand above those of unrelated texts, most of all across languages, so a fit
alone does not say it. On the judged samples all pairs of grade 2 and 3 share words or a word of the glossary.
"""

from collections.abc import Mapping

from matcher.engine.ranking.views import DemandView, ProfileView

LEAST_WORDS = 0.03
"""Likeness in words from which texts share some; the least of a pair of grade 2 or 3 in one language is .11."""
LEAST_MEANING = 2.5
"""Spreads of the title above unrelated texts from which they mean something alike; text typed at random reaches 2.1."""


def is_related(demand: DemandView, profile: ProfileView, features: Mapping[str, float]) -> bool:
    """Whether the two share words, a word of the glossary across languages, or the meaning of title and headline.

    features  the ranker's figures of the pair, by name
    """
    if features["words"] >= LEAST_WORDS or features["title"] >= LEAST_MEANING:
        return True
    return demand.language != profile.language and not demand.meanings.isdisjoint(profile.meanings)
