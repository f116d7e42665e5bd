"""Words and signs that compare a number with a bound, in Chinese and English."""

import re
from enum import StrEnum

from common.contracts.clauses import Comparison


class Cue(StrEnum):
    """How a text leads to its number. BETTER and REACH turn into a comparison once it is known which way is better.

    WITHIN is ±: at most that much when asked, just that much when stated. SHORT says that the number was not reached,
    NOT_EVEN (不足, 不到) that there is less.
    """

    AT_LEAST = "ge"
    MORE_THAN = "gt"
    AT_MOST = "le"
    LESS_THAN = "lt"
    EQUAL = "eq"
    BETTER = "better"
    REACH = "reach"
    WITHIN = "within"
    SHORT = "short"
    NOT_EVEN = "not_even"


_NOT = "(?:不得|不应|不宜|不能|不可|不要|不会|不|未|无)"

# Written before the number.
_BEFORE: dict[Cue, str] = {
    Cue.AT_LEAST: rf"≥|≧|⩾|>=|=>|{_NOT}(?:低于|少于|小于|短于|弱于|早于)|不(?:得|应|能)不足|(?:大|高)于(?:或)?等于|"
    r"至少(?:为|达到|达|有|在)?|最少|最低(?:为|达到|达)?|起码|(?:提升|提高|增加|上升)(?:至|到)|增至|"
    r"(?:not|no) (?:less|lower|fewer|shorter|worse) than|at (?:the )?least|(?:a )?minimum(?: of)?|min\.|"
    r"greater than or equal to|(?:raised|increased|improved) to",
    Cue.AT_MOST: rf"≤|≦|⩽|<=|=<|{_NOT}(?:超过|超出|高于|大于|多于|长于|超|晚于|迟于)|(?:小|低)于(?:或)?等于|"
    r"(?:至|最)多(?:为)?|(?:控|限)制在|(?:降|减)至|降到|(?:降低|减少|缩短|压缩)(?:至|到)|"
    r"(?:not|no) (?:more|greater|higher|longer|later) than|at (?:the )?most|within|less than or equal to|"
    r"(?:not|never|does not|do not|shall not|must not) exceed(?:ing)?|(?:reduced|shortened|lowered|cut) to",
    Cue.WITHIN: r"(?:≤|<=|<|小于|优于|不大于|不超过)?\s?(?:±|\+/-)",
    Cue.MORE_THAN: r">|大于|高于|超过|超出|(?<![不未])超|多于|长于|突破|(?:more|greater|higher|longer) than|over|above|"
    r"exceed(?:s|ing)?|beyond",
    Cue.LESS_THAN: r"<|小于|低于|少于|短于|(?:less|lower|fewer|shorter) than|below|under",
    Cue.NOT_EVEN: r"不足|不到",
    Cue.BETTER: r"优于|好于|better than",
    Cue.SHORT: r"(?:未能?|没有?|不能|难以|无法)(?:稳定)?(?:达到|达|满足)了?|达不到|"
    r"(?:(?:has|have|does|do|did|is|are)(?: not|n't)|cannot|can't|not)(?: yet)? "
    r"(?:reach(?:ed)?|achieved?|attain(?:ed)?|meet|met)|fail(?:s|ed)? to (?:reach|achieve|attain|meet)|"
    r"(?:fall(?:s|ing)?|fell) short of",
    Cue.REACH: r"可?达到了?|高达|能达|达|至|为|=|reach(?:es|ing)?|up to|of",
    Cue.EQUAL: r"等于|恰为|exactly|equal to",
}
_FILLER = (
    "(?:额定|设计|初始|标称|理论)(?:值|功率|容量)?的|"
    "约|大约|近|about|approximately|:|为|在|支持|接入|具备|提供|配备|完成|覆盖|处理|满足|能?承受|容纳|support(?:s|ing)?"
)
_LEADING = re.compile(
    r"(?:"
    + "|".join(f"(?P<{cue.name}>{words})" for cue, words in _BEFORE.items())
    + rf")\s{{0,2}}(?:{_FILLER})?\s{{0,2}}$",
    re.IGNORECASE,
)
# Written after it.
_AFTER: dict[Cue, str] = {
    Cue.AT_LEAST: r"[(（]?(?:及|或|和)?(?:以上|之上)[)）]?|\+(?!\d)|起(?![\u4e00-\u9fff])|minimum(?![a-z])|"
    r"(?:or|and) (?:more|above|higher|better|over|greater|longer|up)(?![a-z])",
    Cue.AT_MOST: r"[(（]?(?:及|或|和)?(?:以下|之下|以内|之内)[)）]?|内(?![部存容置外控嵌网涵])|maximum(?![a-z])|"
    r"(?:or|and) (?:less|below|lower|fewer|under|shorter)(?![a-z])",
}
_TRAILING = re.compile(
    r"\s?(?:" + "|".join(f"(?P<{cue.name}>{words})" for cue, words in _AFTER.items()) + ")", re.IGNORECASE
)
_LOOK_BACK, _LOOK_BACK_CHINESE = 36, 12
_NOT_LEADING = tuple("(（[【,，、。;；")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_CERTAIN = {cue: Comparison(cue.value) for cue in Cue if cue.value in set(Comparison)} | {
    Cue.WITHIN: Comparison.AT_MOST,
    Cue.NOT_EVEN: Comparison.LESS_THAN,
}


def leading(text: str, end: int) -> tuple[Cue, int] | None:
    """The comparison written directly before `end`, with where it starts; the longest wording wins."""
    if text[end - 1 : end] in _NOT_LEADING:
        return None
    start = max(0, end - _LOOK_BACK)
    if not _LATIN.search(text, start, end):
        start = max(0, end - _LOOK_BACK_CHINESE)
    match = _LEADING.search(text[start:end])
    if match is None or match.lastgroup is None:
        return None
    begins = start + match.start()
    return None if _is_inside_word(text, begins) else (Cue[match.lastgroup], begins)


def _is_inside_word(text: str, position: int) -> bool:
    """Whether `position` cuts an English word in two, as the end of "proof" would."""
    pair = text[max(0, position - 1) : position + 1]
    return len(pair) == 2 and pair.isascii() and pair.isalpha()


def trailing(text: str, start: int) -> tuple[Cue, int] | None:
    """The comparison written directly after `start` (以上, 以内, or more), with where it ends."""
    match = _TRAILING.match(text, start)
    return (Cue[match.lastgroup], match.end()) if match and match.lastgroup else None


_INCLUDED = re.compile(r"\s?[(（](?P<not>不)?(?:包?含|包括)[^)）]{0,10}[)）]")
_INCLUSIVE = {Cue.MORE_THAN: Cue.AT_LEAST, Cue.LESS_THAN: Cue.AT_MOST}
_EXCLUSIVE = {inclusive: exclusive for exclusive, inclusive in _INCLUSIVE.items()}


def with_bound(text: str, end: int, cue: Cue | None) -> tuple[Cue | None, int]:
    """The cue of a figure that ends at `end` as the brackets after it make it: 大于90%（含90%）, 以上（不含）."""
    match = _INCLUDED.match(text, end)
    if match is None or cue is None:
        return cue, end
    return (_EXCLUSIVE if match["not"] else _INCLUSIVE).get(cue, cue), match.end()


def comparison(cue: Cue | None, *, is_lower_better: bool) -> Comparison | None:
    """What a cue asks of a number, given which way is better; None for a bare number."""
    if cue in (Cue.BETTER, Cue.REACH):
        return Comparison.AT_MOST if is_lower_better else Comparison.AT_LEAST
    if cue is Cue.SHORT:
        return Comparison.MORE_THAN if is_lower_better else Comparison.LESS_THAN
    return _CERTAIN[cue] if cue else None
