"""Tells what an offer promises of a figure from what it reaches at best, sells besides or leaves to others."""

import re

from common.contracts.catalog import Comparison
from matcher.engine.clauses.target import Target
from matcher.engine.facts.measures import Sense
from matcher.engine.facts.readings import Reading
from matcher.engine.modifiers import hedges
from matcher.engine.words.stretches import segment

_FLOORS = (Comparison.AT_LEAST, Comparison.MORE_THAN)
_CEILINGS = (Comparison.AT_MOST, Comparison.LESS_THAN)
_SHARES = ("ratio", "change", "number")
# The smallest of these is what the thing is rated by, not its best day.
_RATED_BY_LEAST = ("resolution", "limit", "footprint")
_TO = r"(?:识别|检测)?(?:可|能)?(?:降低|减少|提高|提升|节约|节省)?(?:达到?了?|为|到|至|是)?\s?$"
_HIGHEST = re.compile(
    rf"(?:最高|最大(?!程度|限度)|最优|最佳|最好|峰值|至多|最多|上限)(?:[^下时内中\d]{{0,8}}[率度能力值绩果])?{_TO}|(?:高达|可达到?|能达到?|可以达到?)\s?$|"
    r"\b(?:(?:up to|as (?:high|much) as|at best|(?:can|could|may) (?:reach|achieve|attain))|"
    r"(?:peak|best|maximum|max\.?)(?: [a-z]+){0,3})(?: of| is)?\s?$",
    re.IGNORECASE,
)
_LOWEST = re.compile(
    r"(?:最快|最短|最早|最低|最小|最少|最优|最佳|最好|低至|短至|快至|加急|特急|抢工|急单|快则)[^\d]{0,10}$|"
    r"\b(?:as (?:low|little|fast|short|few) as|at the (?:fastest|earliest)|at best|expedited|rush|fastest|shortest|"
    r"best[- ]case|lowest)\b[^\d]{0,24}$",
    re.IGNORECASE,
)
_AT_BEST = re.compile(
    r"\s?(?:(?:即?可)?[加特]急|[（(]\s?(?:最[高大快短优佳低]|峰值|加急|peak|best case)|"
    r"at best\b|peak\b|at the fastest\b)",
    re.IGNORECASE,
)

_ASKED_AT_BEST = re.compile(
    r"最[高大快短优佳好低小少早]|峰值|加急|\b(?:peak|best|maximum|minimum|max|min|fastest)\b", re.IGNORECASE
)


def is_at_best(text: str, wanted: Target, reading: Reading, start: int) -> bool:
    """Whether a figure of `text`, in the stretch from `start`, is the best case of what every case is asked to be.

    A capacity or a range is its highest figure; a share of hits, and a time to be kept, are not. A demand for the
    peak is met by one.
    """
    if _ASKED_AT_BEST.search(wanted.phrase):
        return False
    figure, end = reading.quantity.figure_start, reading.quantity.end
    if wanted.operator in _FLOORS and reading.dimension in _SHARES and wanted.sense is not Sense.ROOM:
        return bool(_HIGHEST.search(text, start, figure) or _AT_BEST.match(text, end))
    is_kept_low = Sense.LESS in (wanted.sense, reading.sense) and not _is_rated_by_least(wanted, reading)
    if wanted.operator in _CEILINGS and is_kept_low:
        return bool(_LOWEST.search(text, start, figure) or _AT_BEST.match(text, end))
    return False


_CHOSEN = re.compile(
    r"可选配?\s?$|可(?:延长|延保|续保)(?:至|到|为)?\s?$|\b(?:extend(?:able|ible)|can be extended) to\s?$", re.IGNORECASE
)
_CHOICE = re.compile(r"\s?(?:可选\s?(?:[)）]|$))")
_DIGIT = re.compile(r"\d")


def is_conditional(asked: str, text: str, reading: Reading, stretch: tuple[int, int]) -> bool:
    """Whether a figure is an option (质保3年（可选）) or a partner's. One of several sizes to choose from is neither.

    stretch  where in `text` the words around it begin and end
    """
    figure, end = reading.quantity.figure_start, reading.quantity.end
    left = _past_digits(text, stretch[0], figure)
    right = match.start() if (match := _DIGIT.search(text, end, stretch[1])) else stretch[1]
    return _is_chosen(text, reading, figure, end) or hedges.is_conditional(asked, text, left, right)


def is_of_use(text: str, reading: Reading) -> bool:
    """Whether the words between a share and the figure before it call it one of use today (现场90%).

    Of a time 现场 says what is done there (现场调试70天).
    """
    if reading.dimension not in _SHARES:
        return False
    figure = reading.quantity.figure_start
    start = segment(text, figure)[0]
    return bool(hedges.IN_USE.search(text, _past_digits(text, start, figure), figure))


def _past_digits(text: str, start: int, figure: int) -> int:
    """Where what `text[start:figure]` says of the figure begins: behind the number before it."""
    return max((match.end() for match in _DIGIT.finditer(text, start, figure)), default=start)


def _is_chosen(text: str, reading: Reading, figure: int, end: int) -> bool:
    if reading.quantity.upper is not None or text.startswith(("、", "/", "或"), end):
        return False
    is_bracketed = text[figure - 1 : figure] in ("(", "（")
    return bool(_CHOSEN.search(text, 0, figure) or (is_bracketed and _CHOICE.match(text, end)))


def _is_rated_by_least(wanted: Target, reading: Reading) -> bool:
    return any(metric and metric.name in _RATED_BY_LEAST for metric in (wanted.metric, reading.metric))
