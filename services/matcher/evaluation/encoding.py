"""Embeds a folder's texts and makes of them what the ranker sees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.engine.embedding import Embedder, Matrix
from matcher.engine.ranking.views import DemandView, ProfileView
from matcher.evaluation.folder import FolderDemand, FolderOffer, Judged


@dataclass(frozen=True)
class Seen:
    """The views in the order of the folder's demands and offers."""

    demands: Sequence[DemandView]
    profiles: Sequence[ProfileView]


def embed(judged: Judged, embedder: Embedder, *, on_progress: Callable[[int], None]) -> Seen:
    """Minutes for thousands of long texts; equal texts are embedded once. `on_progress` hears how many are done."""
    asked = list(dict.fromkeys(text for demand in judged.demands for text in _asked(demand)))
    offered = list(dict.fromkeys(text for offer in judged.offers for text in _offered(offer)))
    queries = embedder.encode_queries(asked, on_progress=on_progress)
    passages = embedder.encode_passages(offered, on_progress=lambda done: on_progress(len(asked) + done))
    query_at = {text: place for place, text in enumerate(asked)}
    passage_at = {text: place for place, text in enumerate(offered)}
    return Seen(
        [_demand_view(demand, queries[[query_at[text] for text in _asked(demand)]]) for demand in judged.demands],
        [_profile_view(offer, passages[[passage_at[text] for text in _offered(offer)]]) for offer in judged.offers],
    )


def count(judged: Judged) -> int:
    """Distinct texts that `embed` embeds."""
    asked = {text for demand in judged.demands for text in _asked(demand)}
    return len(asked) + len({text for offer in judged.offers for text in _offered(offer)})


def headlines(seen: Seen) -> Matrix:
    """(offers, d)"""
    return np.stack([profile.headline_vector for profile in seen.profiles])


def bodies(seen: Seen) -> Matrix:
    """(offers, d)"""
    return np.stack([profile.text_vector for profile in seen.profiles])


# The same texts as `matcher.vectors.content` has embedded for stored rows; a test holds the two together.


def _asked(demand: FolderDemand) -> list[str]:
    return [demand.title, f"{demand.title}\n{demand.text}", *demand.clauses]


def _offered(offer: FolderOffer) -> list[str]:
    return [offer.title, "\n".join(part for part in (offer.title, offer.text, *offer.items) if part), *offer.items]


def _demand_view(demand: FolderDemand, vectors: Matrix) -> DemandView:
    return DemandView(demand.title, demand.text, demand.clauses, demand.language, vectors[0], vectors[1], vectors[2:])


def _profile_view(offer: FolderOffer, vectors: Matrix) -> ProfileView:
    return ProfileView(offer.title, offer.text, offer.items, offer.language, vectors[0], vectors[1], vectors[2:])
