"""The name of something measured, with and without the words that say only how it is measured."""

import re
from functools import cached_property

from matcher.engine.facts import measures
from matcher.engine.facts.measures import Metric
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content, Thing

_GENERIC = re.compile(
    r"空载|满载|实际|最大|最高|最低|最小|平均|综合|额定|典型|单台|单次|单套|单件|单例|单机|单|总|年度|"
    r"识别|检测|检出|自动|实测|能力|水平|指标|范围|等级|系数|要求|"
    r"\b(?:maximum|max|minimum|min|average|mean|median|typical|overall|total|recognition|detection|up|each|per)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[a-z0-9]+|[^\W\d_]")


class Measured:
    """What the name of a figure of this dimension and metric says was measured, worked out when first asked for."""

    def __init__(self, text: str, dimension: str, metric: Metric | None) -> None:
        self._text, self._dimension, self._metric = text, dimension, metric

    @cached_property
    def name(self) -> Content:
        return overlap.content(self._text)

    @cached_property
    def qualifiers(self) -> Content:
        """What the bare name is about: 箱号 of 箱号识别准确率."""
        return overlap.content(self._bare)

    @cached_property
    def thing(self) -> Thing:
        """What it is of, to be told from other things."""
        return Thing(self._bare)

    @cached_property
    def characters(self) -> list[str]:
        """Of the bare name: Chinese characters, and words in Latin letters."""
        return _TOKEN.findall(self._bare.lower())

    @cached_property
    def mentioned(self) -> int:
        """Characters of the words by which the metric is named at the end of the name, 0 when it is none."""
        last = next(reversed(measures.mentions(self._text, self._dimension)), None)
        return last.end - last.start if last and self._metric in (None, last.metric) else 0

    @cached_property
    def opposed(self) -> frozenset[str]:
        """The words in it that have an opposite."""
        return overlap.opposed(self._text)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of a system that it names."""
        return overlap.parts(self._text)

    @cached_property
    def _bare(self) -> str:
        """Without its metric and words of degree."""
        bare, dimension = self._text, "ratio" if self._dimension == "change" else self._dimension
        for mention in reversed(measures.mentions(bare, dimension)):
            if self._metric is None or mention.metric == self._metric or mention.is_vague:
                bare = f"{bare[: mention.start]} {bare[mention.end :]}"
        return _GENERIC.sub(" ", bare)
