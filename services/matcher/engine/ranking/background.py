"""Knows how near texts are that have nothing to do with each other, for each pair of languages and any model.

Cosines of one model live in a narrow band, in another band for each pair of languages and for longer texts. Measured
against texts that are not related at all, they become comparable.
"""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from common.fields import Language
from matcher.engine.embedding import Embedder, Matrix, Vector

_DATA = Path(__file__).parent / "data"
MEASURED = _DATA / "background.json"
LANGUAGES: tuple[Language, ...] = get_args(Language)

Sides = Literal["title", "text", "body", "clause"]
"""What is compared: an asking title, whole text or clause with an offering title; `body` is whole text with whole."""

_SENTENCE_END = re.compile(r"[。；;]|\.\s")


@dataclass(frozen=True)
class CosineBand:
    """Where a figure lies for unrelated texts."""

    mean: float
    spread: float


@dataclass(frozen=True)
class Background:
    """Of one embedding model.

    model    the `id` of the embedder it was measured with, or the beginning that engines of the same weights share
    asked    for each language (d,) float32: the mean vector of many titles that ask for something
    cosines  between unrelated texts, by what is compared, the asking language and the offering language
    generic  the product of `asked` with a title that offers, by its language
    """

    model: str
    asked: Mapping[Language, Vector]
    cosines: Mapping[tuple[Sides, Language, Language], CosineBand]
    generic: Mapping[Language, CosineBand]


def measure(embedder: Embedder) -> Background:
    """Embeds some hundred texts that have nothing in common: a quarter of a minute."""
    titles = _texts("background_titles.tsv")
    asking = {language: embedder.encode_queries(titles[language]) for language in LANGUAGES}
    offering = {language: embedder.encode_passages(titles[language]) for language in LANGUAGES}
    asked: dict[Language, Vector] = {language: rows.mean(axis=0) for language, rows in asking.items()}
    cosines: dict[tuple[Sides, Language, Language], CosineBand] = {}
    for language in LANGUAGES:
        for other in LANGUAGES:
            cosines["title", language, other] = _unrelated(asking[language] @ offering[other].T)
    return Background(
        model=embedder.id,
        asked=asked,
        cosines=cosines | _measure_texts(embedder, offering),
        generic={language: _band(rows @ asked[language]) for language, rows in offering.items()},
    )


def of(embedder: Embedder) -> Background:
    """The one that came with the package when it is of this model, otherwise one measured now."""
    shipped = load()
    return shipped if embedder.id.startswith(shipped.model) else measure(embedder)


def load(path: Path = MEASURED) -> Background:
    """What `save` wrote; by default what was measured with the bundled model."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Background(
        model=stored["model"],
        asked={language: np.array(stored["asked"][language], dtype=np.float32) for language in LANGUAGES},
        cosines={
            (sides, language, other): CosineBand(*stored["cosines"][f"{sides} {language} {other}"])
            for sides in get_args(Sides)
            for language in LANGUAGES
            for other in LANGUAGES
        },
        generic={language: CosineBand(*stored["generic"][language]) for language in LANGUAGES},
    )


def save(background: Background, path: Path = MEASURED) -> None:
    stored = {
        "model": background.model,
        "cosines": {" ".join(key): [band.mean, band.spread] for key, band in background.cosines.items()},
        "generic": {language: [band.mean, band.spread] for language, band in background.generic.items()},
        "asked": {language: [round(float(x), 6) for x in vector] for language, vector in background.asked.items()},
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _measure_texts(
    embedder: Embedder, titles: Mapping[Language, Matrix]
) -> dict[tuple[Sides, Language, Language], CosineBand]:
    """The bands of long texts and of single clauses; their subjects are none of `titles`."""
    needs = _texts("background_needs.tsv")
    bands: dict[tuple[Sides, Language, Language], CosineBand] = {}
    for language in LANGUAGES:
        texts = embedder.encode_queries(needs[language])
        clauses = embedder.encode_queries([clause for need in needs[language] for clause in _clauses(need)])
        for other in LANGUAGES:
            bands["text", language, other] = _band(texts @ titles[other].T)
            bands["clause", language, other] = _band(clauses @ titles[other].T)
            bands["body", language, other] = _unrelated(texts @ embedder.encode_passages(needs[other]).T)
    return bands


def _texts(name: str) -> dict[Language, list[str]]:
    """Line i says the same in every language."""
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {language: [row[language] for row in rows] for language in LANGUAGES}


def _clauses(need: str) -> list[str]:
    return [clause.strip() for clause in _SENTENCE_END.split(need) if clause.strip()]


def _unrelated(cosines: Matrix) -> CosineBand:
    """Of all but the diagonal, where a text meets itself or its own translation."""
    return _band(cosines[~np.eye(len(cosines), dtype=bool)])


def _band(figures: Matrix | Vector) -> CosineBand:
    # A model for which all unrelated texts are equally near has no spread; what differs is then far above them.
    return CosineBand(round(float(figures.mean()), 6), max(round(float(figures.std()), 6), 1e-6))
