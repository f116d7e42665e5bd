"""Fine-tunes an embedding model on graded pairs with torch; needs the extra `st`."""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from matcher.engine.embedding import ModelUnavailable
from matcher.engine.embedding.batches import by_length, well_formed
from matcher.engine.embedding.st_folder import prompts_of
from matcher.engine.ranking.calibration import Ints
from matcher.evaluation.folder import FolderDemand, FolderOffer
from matcher.training.examples import Examples

TOP_LAYERS = 4
"""Only these learn: the rest keeps what the model knows of language, and need not be stepped back through."""
EPOCHS = 3
RATE = 5e-5
_WARM_UP = 0.1
_DEMANDS_AT_ONCE = 4
_OFFERS_AT_ONCE = 160  # bounds the memory of one step, whatever number of offers a demand was judged with
_MOST_TOKENS = 128
_TOKENS_TOGETHER = 1024
_SHARPNESS = 20.0
_STRANGERS = 0.3
_GOOD = 2
_NEVER = -1e4
_SEED = 7
_LAYER = re.compile(r"\blayers?\.(\d+)$")


@dataclass(frozen=True)
class _Batch:
    """The texts of some demands and of the offers judged with any of them.

    grades, weights  (len(asked), len(offered)); a pair nobody judged weighs 0
    """

    asked: list[str]
    offered: list[str]
    grades: torch.Tensor
    weights: torch.Tensor


def tune(model: str, examples: Examples, folder: Path, *, threads: int, on_progress: Callable[[float], None]) -> None:
    """Write `model`, a folder or a hub name, into `folder` as the examples change it. Minutes on a CPU.

    threads  processor threads for all of torch in this process; a GPU is used where there is one

    The same examples give the same model on the same kind of machine.
    """
    torch.set_num_threads(threads)
    torch.manual_seed(_SEED)
    importlib.import_module("transformers.utils.logging").disable_progress_bar()
    learner = SentenceTransformer(model, model_kwargs={"dtype": torch.float32})
    rounds = [batch for epoch in range(EPOCHS) for batch in _batches(examples, epoch)]
    learning = _thawed(learner)
    optimiser = torch.optim.AdamW(learning, lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, len(rounds)))
    for step, batch in enumerate(rounds, start=1):
        optimiser.zero_grad()
        _loss(learner, batch).backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        schedule.step()
        on_progress(step / len(rounds))
    learner.eval()
    learner.save(str(folder), create_model_card=False)


def _thawed(learner: SentenceTransformer) -> list[torch.nn.Parameter]:
    """The weights of the top layers; all others are frozen, without dropout. Raises ModelUnavailable for a model that
    is not made of layers."""
    layer_of = {name: int(found[1]) for name, _ in learner.named_modules() if (found := _LAYER.search(name))}
    if not layer_of:
        raise ModelUnavailable("The model is not made of layers, so there is none to train.")
    first = max(layer_of.values()) + 1 - TOP_LAYERS
    learner.eval().requires_grad_(False)
    top = [learner.get_submodule(name) for name, layer in layer_of.items() if layer >= first]
    return [weight for layer in top for weight in layer.train().requires_grad_().parameters()]


def _pace(step: int, steps: int) -> float:
    """Share of the full rate: up over the first tenth, then down to 0."""
    done = (step + 1) / steps
    return min(done / _WARM_UP, (1.0 - step / steps) / (1.0 - _WARM_UP))


def _batches(examples: Examples, epoch: int) -> Iterator[_Batch]:
    """Every judged pair once, demands shuffled; many offers of the same demands are spread over several batches."""
    random = np.random.default_rng([_SEED, epoch])
    order = random.permutation(examples.judged.demand_count)
    for start in range(0, len(order), _DEMANDS_AT_ONCE):
        chosen = np.isin(examples.judged.demand_of, order[start : start + _DEMANDS_AT_ONCE])
        pairs = random.permutation(np.flatnonzero(chosen))
        for cut in range(0, len(pairs), _OFFERS_AT_ONCE):
            yield _batch(examples, pairs[cut : cut + _OFFERS_AT_ONCE])


def _batch(examples: Examples, pairs: Ints) -> _Batch:
    judged = examples.judged
    demands, row = np.unique(judged.demand_of[pairs], return_inverse=True)
    offers, column = np.unique(judged.offer_of[pairs], return_inverse=True)
    asked = [(text, at) for at, place in enumerate(demands) for text in _asked(judged.demands[place])]
    offered = [(text, at) for at, place in enumerate(offers) for text in _offered(judged.offers[place])]
    grades, weights = np.zeros((2, len(demands), len(offers)))
    grades[row, column], weights[row, column] = judged.grades[pairs], examples.weights[pairs]
    rows, columns = np.ix_([at for _, at in asked], [at for _, at in offered])
    return _Batch(
        [text for text, _ in asked],
        [text for text, _ in offered],
        torch.tensor(grades[rows, columns], dtype=torch.float32),
        torch.tensor(weights[rows, columns], dtype=torch.float32),
    )


def _asked(demand: FolderDemand) -> dict[str, None]:
    """The title, and all of it: the ranker compares both."""
    return dict.fromkeys((demand.title, f"{demand.title}\n{demand.text}"))


def _offered(offer: FolderOffer) -> dict[str, None]:
    return dict.fromkeys((offer.title, "\n".join(part for part in (offer.title, offer.text, *offer.items) if part)))


def _loss(learner: SentenceTransformer, batch: _Batch) -> torch.Tensor:
    spoken = prompts_of(learner.prompts)
    asked = _vectors(learner, batch.asked, spoken.query)
    scores = _SHARPNESS * asked @ _vectors(learner, batch.offered, spoken.passage).T
    grades, weights = batch.grades.to(scores.device), batch.weights.to(scores.device)
    return _disorder(scores, grades, weights) + _STRANGERS * _confusion(scores, grades, weights)


def _disorder(scores: torch.Tensor, grades: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """How far offers of a lower grade stand above offers of a higher grade for the same demand.

    The pairwise logistic loss (RankNet, Burges et al., ICML 2005), a pair weighed by how far the grades are apart.
    """
    gap = (grades[:, :, None] - grades[:, None, :]).clamp(min=0.0) * weights[:, :, None] * weights[:, None, :]
    excess = torch.nn.functional.softplus(scores[:, None, :] - scores[:, :, None])
    return ((gap * excess).sum((1, 2)) / gap.sum((1, 2)).clamp(min=1.0)).mean()


def _confusion(scores: torch.Tensor, grades: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """How near good offers are to demands they were not judged with, beside their own: contrastive, in the batch."""
    is_good = (grades >= _GOOD) & (weights > 0.0)
    strangers = scores.masked_fill(weights > 0.0, _NEVER).logsumexp(dim=0)
    return (torch.nn.functional.softplus(strangers - scores) * is_good).sum() / is_good.sum().clamp(min=1)


def _vectors(learner: SentenceTransformer, texts: Sequence[str], prompt: str) -> torch.Tensor:
    """(n, d) unit rows that can be stepped back through; texts of like length go together, which spares padding."""
    most = min(_MOST_TOKENS, learner.max_seq_length or _MOST_TOKENS)
    cut = learner.tokenizer([well_formed(prompt + text) for text in texts], truncation=True, max_length=most)
    lengths = [len(ids) for ids in cut["input_ids"]]
    places, parts = [], []
    for together in by_length(lengths, budget=_TOKENS_TOGETHER, may_pad=True):
        some = {name: [values[place] for place in together] for name, values in cut.items()}
        padded = learner.tokenizer.pad(some, return_tensors="pt")
        found: dict[str, Any] = learner({name: part.to(learner.device) for name, part in padded.items()})
        places += together
        parts.append(found["sentence_embedding"])
    in_order = torch.cat(parts)[torch.tensor(np.argsort(places))]
    return torch.nn.functional.normalize(in_order, dim=1)
