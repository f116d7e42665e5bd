"""Tells a generic demand (通用) from a tailored one (高端化、定制化), and what the generic one leaves unsaid."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.contracts.clauses import Clause
from common.fields import Language
from matcher.engine.facts import identifiers


class Level(StrEnum):
    GENERIC = "generic"
    MIDDLING = "middling"
    TAILORED = "tailored"


LEVEL_LABELS_ZH = {Level.GENERIC: "通用", Level.MIDDLING: "较具体", Level.TAILORED: "高端化、定制化"}


class Advice(StrEnum):
    """What a good demand states and this one does not; the wording is in `ADVICE`."""

    FIGURES = "figures"
    STANDARDS = "standards"
    SITE = "site"
    CONDITIONS = "conditions"
    DATA = "data"
    VERIFICATION = "verification"
    CONNECTIONS = "connections"
    BUDGET = "budget"
    PERIOD = "period"
    BINDING = "binding"
    PLAIN_WORDS = "plain_words"


ADVICE: dict[Advice, dict[Language, str]] = {
    Advice.FIGURES: {
        "zh": "写出可测量的指标和数值，如“识别准确率≥95%”“响应时间≤50 ms”，至少三项",
        "en": "State at least three measurable targets, such as “accuracy ≥ 95 %” or “response time ≤ 50 ms”",
    },
    Advice.STANDARDS: {
        "zh": "写明须遵循的标准编号或资质，如“GB/T 22239-2019”“防护等级IP67”",
        "en": "Name the standards or certificates that apply, such as “ISO 27001” or “IP67”",
    },
    Advice.SITE: {
        "zh": "写明应用现场和对象：哪个场所、什么设备、多大规模",
        "en": "Say where and on what it will be used: the site, the equipment, the scale",
    },
    Advice.CONDITIONS: {
        "zh": "写明工作条件：温度、天气、昼夜、连续运行、不停产等限制",
        "en": "State the working conditions: temperature, weather, day and night, no interruption of operation",
    },
    Advice.DATA: {
        "zh": "写明能提供的数据、样品或测试环境",
        "en": "Say which data, samples or test environment you can offer",
    },
    Advice.VERIFICATION: {
        "zh": "写明如何验证和验收：试运行多久、谁来测、用什么方法",
        "en": "Say how it will be verified: trial period, who tests, by which method",
    },
    Advice.CONNECTIONS: {
        "zh": "写明需要对接的现有系统和接口",
        "en": "Name the existing systems and interfaces it must connect to",
    },
    Advice.BUDGET: {"zh": "给出预算范围", "en": "Give a budget range"},
    Advice.PERIOD: {"zh": "给出交付或建设期限", "en": "Give a delivery date or period"},
    Advice.BINDING: {
        "zh": "区分必须满足的条款和优先考虑的条款",
        "en": "Tell clauses that bind from those that are merely preferred",
    },
    Advice.PLAIN_WORDS: {
        "zh": "把“先进”“智能化”“一流”等说法换成可以检验的要求",
        "en": "Replace words such as “advanced” or “world-class” by requirements that can be checked",
    },
}


@dataclass(frozen=True, slots=True)
class Specificity:
    """`score` 0 … 100; `advice` in the order of what it would gain."""

    score: int
    level: Level
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is read of a demand: all its words, its clauses, and whether budget and period are given in fields."""

    text: str
    clauses: Sequence[Clause]
    has_budget: bool = False
    has_period: bool = False


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_SITE = _any(
    r"[\u4e00-\u9fff]{2}(?:港区|码头|泊位|堆场|闸口|车间|工厂|厂区|产线|生产线|机房|病区|医院|科室|路口|隧道|大桥|园区|矿区|海域|航道|库区|站点|社区|街道|水厂)",
    r"\b(?:terminal|berth|yard|plant|workshop|line|ward|hospital|junction|tunnel|bridge|campus|site)\b",
)  # fmt: skip
# Looking back: else a page of digits is read again from each of them.
_SCALE = re.compile(
    r"(?<![\d,.])\d[\d,.]*\s?(?:万|亿)?[个台套条座辆艘家路处箱吨人次件床]|[一二三四五六七八九十两]{1,3}[个台套条座辆艘处]"
)
_CONDITIONS = _any(
    "夜间|雨|雾|雪|高温|低温|潮湿|盐雾|粉尘|振动|噪声|不停车|不停机|不停产|连续运行|24小时|7×24|室外|露天|海况|弱网|断网|环境温度|温度|能见度",
    r"\b(?:night|rain|fog|dust|salt|vibration|noise|continuous|outdoor|temperature|offline)\b",
)  # fmt: skip
_DATA = _any(
    "(?:提供|开放|现有|已有|积累|使用).{0,12}(?:数据|样本|样品|样机|图像|相机|测试环境|试验场|场地)|历史数据|数据集|测试环境|利旧",
    r"\b(?:data ?sets?|historical data|samples|test (?:bed|site|environment))\b",
)
_VERIFICATION = _any(
    "验收|试运行|第三方|检测报告|测试报告|复核|抽检|对比试验|现场测试|盲测|考核|验证",
    r"\b(?:acceptance|trial|third[- ]party|test report|verif\w+|pilot run)\b",
)
_CONNECTIONS = _any(
    "对接|接入|集成|接口|联动|写入|上传|回传|兼容", r"\b(?:interfaces?|integrat\w+|connect\w*|API|compatible)\b"
)
_PERIOD = _any(
    r"(?<!\d)\d+\s?(?:个月|天|日|周|年)(?:内|以内|之内)",
    "周期|工期|期限|年底前|月底前",
    r"\bwithin \d+ (?:days|weeks|months)\b",
)
_VAGUE = _any(
    "先进|一流|领先|智能化|高端|赋能|打造|全面提升|有效提升|大幅|显著|高质量|高水平|高效|最优|完善的?|丰富的?",
    r"\b(?:advanced|world[- ]class|state[- ]of[- ]the[- ]art|leading|smart|efficient|best|seamless)\b",
)


def _figures(demand: Draft) -> float:
    return min(sum(clause.operator is not None for clause in demand.clauses) / 3, 1)


def _standards(demand: Draft) -> float:
    return min(len({identifier.key for identifier in identifiers.find(demand.text)}), 1)


def _site(demand: Draft) -> float:
    return 0.5 * bool(_SITE.search(demand.text)) + 0.5 * bool(_SCALE.search(demand.text))


def _binding(demand: Draft) -> float:
    return float(any(c.is_hard for c in demand.clauses) and not all(c.is_hard for c in demand.clauses))


def _mentions(pattern: re.Pattern[str]) -> Callable[[Draft], float]:
    return lambda demand: float(bool(pattern.search(demand.text)))


# What is looked for, what it is worth, and how far a demand has it (0 … 1). The points add up to 100.
_PARTS: tuple[tuple[Advice, int, Callable[[Draft], float]], ...] = (
    (Advice.FIGURES, 30, _figures),
    (Advice.SITE, 14, _site),
    (Advice.CONDITIONS, 10, _mentions(_CONDITIONS)),
    (Advice.VERIFICATION, 10, _mentions(_VERIFICATION)),
    (Advice.STANDARDS, 8, _standards),
    (Advice.CONNECTIONS, 8, _mentions(_CONNECTIONS)),
    (Advice.DATA, 6, _mentions(_DATA)),
    (Advice.BUDGET, 5, lambda demand: float(demand.has_budget)),
    (Advice.PERIOD, 5, lambda demand: float(demand.has_period or bool(_PERIOD.search(demand.text)))),
    (Advice.BINDING, 4, _binding),
)
_PER_VAGUE_WORD, _MOST_VAGUE = 3, 12
_TAILORED, _MIDDLING = 60, 35


def assess(demand: Draft) -> Specificity:
    """How specific a demand is. Length alone gains nothing; vague praise costs a little."""
    shares = [(advice, points, share(demand)) for advice, points, share in _PARTS]
    vague = len({match.lower() for match in _VAGUE.findall(demand.text)})
    penalty = min(vague * _PER_VAGUE_WORD, _MOST_VAGUE)
    score = max(0, round(sum(points * share for _, points, share in shares)) - penalty)
    lacking = sorted((-points * (1 - share), advice) for advice, points, share in shares if share < 1)
    advice = [advice for _, advice in lacking] + [Advice.PLAIN_WORDS] * (vague > 1)
    level = Level.TAILORED if score >= _TAILORED else Level.MIDDLING if score >= _MIDDLING else Level.GENERIC
    return Specificity(score, level, tuple(advice))
