"""Trains the verifier, and says how it does on industries that it was not shown."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from matcher.engine.embedding import tokenizer as e5
from matcher.engine.embedding.e5_file import E5File
from matcher.engine.verification import claims
from matcher.engine.verification.claims import ParagraphClaim, Pieces
from matcher.engine.verification.weights import Stored
from matcher.evaluation.pairs import Pair
from matcher.training.verification import network
from matcher.training.verification.contrast import ContrastSet
from matcher.training.verification.lessons import ClaimLesson, ParagraphLesson, VerifierLesson, lessons, of_pairs
from matcher.training.verification.network import Network
from matcher.training.verification.wording import WordedClaim

HELD_OUT = 0.15
"""The share of industries that measure."""
_AT_ONCE = 24
_DECAY = 0.01
_WARM_UP, _LEAST_PACE = 0.06, 0.02
_SMOOTHING = 0.02
_MOST_BEFORE = 64
"""Tokens of the sentence before."""
_SEED = 7
_KEPT = re.compile(
    "[\x20-\x7e▁\u00a0-\u00ff\u0370-\u03ff\u2000-\u27bf\u3000-\u303f\u3200-\u33ff\u4e00-\u9fff\uff00-\uffef]+"
)
"""Tokens of Chinese, English, Greek letters and signs; the bundled model knows a hundred languages."""
_KEPT_CONTRASTS, _TIMES_PAIRS = 4_000, 2
"""Lessons of contrast sets that the second stage repeats, and how often it has each pair in one pass."""


@dataclass(frozen=True)
class Stage:
    """Passes over its lessons, the highest rates of layers and of head, and how many first layers stay as they are."""

    epochs: int
    rate: float
    head_rate: float
    frozen: int


SENTENCES, PARAGRAPHS = Stage(5, 1.2e-4, 1e-3, 0), Stage(2, 8e-5, 5e-4, 1)


@dataclass(frozen=True)
class Material:
    """What is learnt from; `start` are weights to go on from, instead of learning single sentences first."""

    sets: Sequence[ContrastSet]
    pairs: Sequence[Pair]
    start: Stored | None = None


@dataclass(frozen=True)
class TrainedVerifier:
    """A trained verifier.

    arrays   what its file holds
    held     the lessons of the held-out industries, `chances` (len(held), 3) what it says of them
    """

    arrays: dict[str, NDArray[Any]]
    held: Sequence[ClaimLesson]
    chances: NDArray[np.float32]


def split(sets: Sequence[ContrastSet]) -> tuple[Sequence[ContrastSet], Sequence[ContrastSet]]:
    """Sets to learn from, and those of whole industries to measure with; always the same ones."""
    industries = sorted({each.industry for each in sets})
    Random(_SEED).shuffle(industries)
    held = set(industries[: math.ceil(len(industries) * HELD_OUT)])
    return [s for s in sets if s.industry not in held], [s for s in sets if s.industry in held]


def learn(
    material: Material, source: E5File, version: str, epochs: int, on_progress: Callable[[int], None]
) -> TrainedVerifier:
    """Learn single sentences of the sets in `epochs` passes, then paragraphs of sets and pairs; the sets of the
    held-out industries apart. Some 0.1 s a lesson and pass on two cores.

    on_progress  is told how much is done of each stage, in thousandths of the whole
    """
    torch.manual_seed(_SEED)
    random = Random(_SEED)
    kept = kept_tokens(source)
    pieces = list(source.pieces())
    tokenizer = e5.e5_tokenizer([pieces[index] for index in kept])
    shown, held = (lessons(part, random) for part in split(material.sets))
    learner = Network(source, kept)
    if material.start is None:
        first = replace(SENTENCES, epochs=epochs)
        _train(learner, tokenizer, shown, first, random, lambda done: on_progress(done // 2))
    else:
        learner.load(material.start)
    paragraphs = _second(shown, material.pairs, random)
    _train(learner, tokenizer, paragraphs, PARAGRAPHS, random, lambda done: on_progress(500 + done // 2))
    chances = _chances(learner, tokenizer, [lesson.claim() for lesson in held])
    return TrainedVerifier(learner.stored(kept, version), held, chances)


def _second(shown: Sequence[ClaimLesson], pairs: Sequence[Pair], random: Random) -> Sequence[VerifierLesson]:
    """What the second stage learns from."""
    repeated = random.sample(shown, min(_KEPT_CONTRASTS, len(shown)))
    return [*map(ParagraphLesson, repeated), *list(of_pairs(pairs)) * _TIMES_PAIRS]


def kept_tokens(source: E5File) -> NDArray[np.int32]:
    """The ids of the bundled model's tokens that the verifier knows, in order."""
    named = set(e5.SPECIAL)
    kept = [at for at, (piece, _) in enumerate(source.pieces()) if piece in named or _KEPT.fullmatch(piece)]
    return np.array(kept, dtype=np.int32)


def _train(
    learner: Network,
    tokenizer: Tokenizer,
    shown: Sequence[VerifierLesson],
    stage: Stage,
    random: Random,
    on_progress: Callable[[int], None],
) -> None:
    learner.freeze(stage.frozen)
    learning = [(name, weight) for name, weight in learner.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for name, weight in learning if not name.startswith("head.")], "lr": stage.rate},
        {"params": [weight for name, weight in learning if name.startswith("head.")], "lr": stage.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    steps = stage.epochs * math.ceil(len(shown) / _AT_ONCE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, steps))
    labels = torch.tensor([lesson.label for lesson in shown])
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=_SMOOTHING)
    done = 0
    learner.train()
    for _ in range(stage.epochs):
        rows = [_worded(tokenizer, lesson.varied(random)) for lesson in shown]
        for batch in network.batches([len(row) for row in rows], _AT_ONCE, random):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = learner(*network.padded([rows[at] for at in batch]))
            optimiser.zero_grad()
            loss_of(logits.float(), labels[list(batch)]).backward()
            torch.nn.utils.clip_grad_norm_([weight for _, weight in learning], 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            on_progress(done * 1000 // steps)


def _chances(learner: Network, tokenizer: Tokenizer, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
    learner.eval()
    rows = [claims.laid_out(*claims.encoded(_pieces(tokenizer), claim)) for claim in asked]
    found = np.empty((len(rows), 3), dtype=np.float32)
    with torch.no_grad():
        for batch in network.batches([len(row) for row in rows], _AT_ONCE, None):
            logits = learner(*network.padded([rows[at] for at in batch]))
            found[list(batch)] = torch.softmax(logits.float(), dim=-1).numpy()
    return found


def _worded(tokenizer: Tokenizer, claim: WordedClaim) -> list[int]:
    """As serving lays out a claim, then the sentence that stands before, where there is one."""
    pieces = _pieces(tokenizer)
    ids = claims.laid_out(*claims.encoded(pieces, ParagraphClaim(claim.clause, claim.told)))
    before = pieces(claim.before)[:_MOST_BEFORE]
    return [*ids, *before, claims.END] if before else ids


def _pieces(tokenizer: Tokenizer) -> Pieces:
    def pieces(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    return pieces


def _pace(step: int, steps: int) -> float:
    """Share of the full rate: up over the first steps, then down."""
    return min(1.0, step / (_WARM_UP * steps + 1)) * max(_LEAST_PACE, 1 - step / steps)
