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

from matcher.engine.embedding.batches import by_length, well_formed
from matcher.engine.embedding.st_folder import prompts_of
from matcher.evaluation.folder import Demand, Offer
from matcher.training.examples import Examples
from matcher.training.lessons import Whole

TOP_LAYERS = 4
"""Only these learn: the rest keeps what the model knows of language, and need not be stepped back through."""
EPOCHS = 2
RATE = 5e-5
_WARM_UP = 0.1
_DEMANDS_AT_ONCE = 4
_OFFERS_AT_ONCE = 160  # bounds the memory of one step, whatever number of offers a demand was judged with
_MOST_TOKENS = 128
_TOKENS_TOGETHER = 1024
_SHARPNESS = 20.0
_SEED = 7
_LAYER = re.compile(r"\blayers?\.(\d+)\.")


@dataclass(frozen=True)
class _Batch:
    """The texts of some demands and of the offers judged with any of them.

    grades, weights  (len(asked), len(offered)); a pair nobody judged has grade 0 and weight 1
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
    optimiser = torch.optim.AdamW(_learning(learner), lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, len(rounds)))
    learner.train()
    for step, batch in enumerate(rounds, start=1):
        optimiser.zero_grad()
        _loss(learner, batch).backward()
        optimiser.step()
        schedule.step()
        on_progress(step / len(rounds))
    learner.eval()
    learner.save(str(folder), create_model_card=False)


def _learning(learner: SentenceTransformer) -> list[torch.nn.Parameter]:
    """The weights of the top layers; all others are frozen."""
    layer_of = {name: int(found[1]) for name, _ in learner.named_parameters() if (found := _LAYER.search(name))}
    first = max(layer_of.values(), default=0) + 1 - TOP_LAYERS
    for name, weight in learner.named_parameters():
        weight.requires_grad = layer_of.get(name, -1) >= max(first, 0)
    return [weight for weight in learner.parameters() if weight.requires_grad]


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


def _batch(examples: Examples, pairs: Whole) -> _Batch:
    judged = examples.judged
    demands, row = np.unique(judged.demand_of[pairs], return_inverse=True)
    offers, column = np.unique(judged.offer_of[pairs], return_inverse=True)
    asked = [(text, at) for at, place in enumerate(demands) for text in _asked(judged.demands[place])]
    offered = [(text, at) for at, place in enumerate(offers) for text in _offered(judged.offers[place])]
    grades, weights = np.zeros((len(demands), len(offers))), np.ones((len(demands), len(offers)))
    grades[row, column], weights[row, column] = judged.grades[pairs], examples.weights[pairs]
    rows, columns = np.ix_([at for _, at in asked], [at for _, at in offered])
    return _Batch(
        [text for text, _ in asked],
        [text for text, _ in offered],
        torch.tensor(grades[rows, columns], dtype=torch.float32),
        torch.tensor(weights[rows, columns], dtype=torch.float32),
    )


def _asked(demand: Demand) -> dict[str, None]:
    """The title, and all of it: the ranker compares both."""
    return dict.fromkeys((demand.title, f"{demand.title}\n{demand.text}"))


def _offered(offer: Offer) -> dict[str, None]:
    return dict.fromkeys((offer.title, "\n".join(part for part in (offer.title, offer.text, *offer.items) if part)))


def _loss(learner: SentenceTransformer, batch: _Batch) -> torch.Tensor:
    """How often, and how far, an offer of a lower grade is nearer to a demand than one of a higher grade.

    log(1 + Σ exp(sharpness · (cosine of the worse − cosine of the better))) over all such pairs of a demand, averaged
    over the demands: the CoSENT loss (Su, 2022), one list at a time.
    """
    spoken = prompts_of(learner.prompts)
    asked = _vectors(learner, batch.asked, spoken.query)
    cosines = asked @ _vectors(learner, batch.offered, spoken.passage).T
    grades, weights = batch.grades.to(cosines.device), batch.weights.to(cosines.device).log()
    excess = _SHARPNESS * (cosines[:, None, :] - cosines[:, :, None]) + weights[:, None, :] + weights[:, :, None]
    is_wrong_way = grades[:, :, None] > grades[:, None, :]
    terms = excess.masked_fill(~is_wrong_way, -torch.inf).flatten(1)
    return torch.logsumexp(torch.nn.functional.pad(terms, (1, 0)), dim=1).mean()


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
