"""The name of something measured, with and without the words that say only how it is measured."""

import re
from dataclasses import dataclass

from matcher.engine.facts import measures
from matcher.engine.facts.measures import Metric
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content

_GENERIC = re.compile(
    r"空载|满载|实际|最大|最高|最低|最小|平均|综合|额定|典型|单台|单次|单套|单件|单例|单机|单|总|年度|"
    r"识别|检测|检出|自动|实测|能力|水平|指标|范围|等级|系数|要求|"
    r"\b(?:maximum|max|minimum|min|average|mean|median|typical|overall|total|recognition|detection|up|each|per)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """`bare` is the name without its metric and words of degree (箱号 of 箱号识别准确率), `qualifiers` its content."""

    name: Content
    bare: str
    qualifiers: Content


def measured(name: str, dimension: str, metric: Metric | None) -> Measured:
    """What `name`, of a figure of this dimension and metric, says was measured."""
    bare = _without_metric(name, dimension, metric)
    return Measured(overlap.content(name), bare, overlap.content(bare))


def _without_metric(name: str, dimension: str, metric: Metric | None) -> str:
    bare = name
    for mention in reversed(measures.mentions(name, "ratio" if dimension == "change" else dimension)):
        if metric is None or mention.metric == metric or mention.is_vague:
            bare = f"{bare[: mention.start]} {bare[mention.end :]}"
    return _GENERIC.sub(" ", bare)
