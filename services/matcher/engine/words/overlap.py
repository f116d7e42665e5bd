"""How much of what one text asks another one says, by characters within a language and by meanings across two."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from matcher.engine.words import lexical
from matcher.engine.words.glossary import meanings

_CHINESE = re.compile("[\u4e00-\u9fff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Words every requirement and every offer uses; they say nothing of what is asked.
_EMPTY = re.compile(
    r"必须|应当|应该|须|应(?=[支具能可提满符采])|供应商|投标人|投资方|系统|平台|设备|产品|装置|终端|软件|整机|支持|具备|具有|提供|能够|可以|实现|"
    r"满足|达到|符合|采用|进行|功能|能力|要求|相关|以及|并且|不低于|不少于|不超过|不高于|不大于|不小于|以上|以下|以内|[的与和及或了]"
)


_GENERIC_MEANINGS = frozenset(
    {"recogni", "detect", "accuracy", "test", "measur", "support", "capacity", "high", "low", "service"}
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a text is about: neighbouring characters and words of its own language, and language-free meanings.

    `telling` are the meanings without those that tell no two things apart.
    """

    pairs: frozenset[str]
    meanings: frozenset[str]
    telling: frozenset[str]
    is_chinese: bool


def letters(text: str) -> tuple[int, int]:
    """How many letters of `text` are Chinese characters, and how many letters it has."""
    return sum(map(len, _CHINESE.findall(text))), sum(map(len, _LETTERS.findall(text)))


def is_chinese(text: str) -> bool:
    """Whether a third of the letters or more are Chinese; a text without letters counts as Chinese."""
    chinese, all_ = letters(text)
    return chinese * 3 >= all_


def pairs(text: str) -> frozenset[str]:
    """The neighbouring characters of what a Chinese text says, its idle words left out."""
    return lexical.pairs(_EMPTY.sub(" ", text))


def stems(text: str) -> frozenset[str]:
    """The words of an English text without their endings."""
    return frozenset(_stem(token) for token in lexical.tokens(text))


def content(text: str) -> Content:
    """What `text` is about. Tens of microseconds a sentence: to be kept by whoever holds the text."""
    is_ours, meant = is_chinese(text), meanings(text)
    return Content(pairs(text) if is_ours else stems(text), meant, meant - _GENERIC_MEANINGS, is_ours)


def _stem(word: str) -> str:
    """An English word without its ending: terminals and terminal are one, recognition and recognise are not."""
    return re.sub(r"(?:ing|ed|es|s)$", "", word) if len(word) > 4 else word


def said(asked: Content, offered: Content) -> float:
    """The share of what is asked that is offered too, 0 … 1; 0 when nothing is asked in terms that can be compared."""
    if asked.is_chinese == offered.is_chinese and asked.pairs:
        return len(asked.pairs & offered.pairs) / len(asked.pairs)
    if asked.meanings:
        return len(asked.meanings & offered.meanings) / len(asked.meanings)
    return 0.0


_OPPOSITES = (
    ("上行", "下行"), ("输入", "输出"), ("进水", "出水"), ("充电", "放电"), ("白天", "夜间"), ("高温", "低温"),
    ("在线", "离线"), ("有线", "无线"), ("国产", "进口"), ("室内", "室外"), ("境内", "境外"),
    ("出口压", "进口压"), ("进风", "出风"), ("进气", "排气"), ("供水", "回水"), ("空载", "满载"), ("横向", "纵向"),
    ("经向", "纬向"), ("上升", "下降"), ("夏季", "冬季"), ("长期", "短期"), ("动态", "静态"), ("正面", "背面"),
    ("下载", "上传"), ("干态", "湿态"), ("开路", "闭路"),
    ("白天", "夜晚"), ("手动", "自动"), ("online", "offline"), ("indoor", "outdoor"), ("wired", "wireless"),
    ("uplink", "downlink"), ("input", "output"), ("inlet", "outlet"), ("daylight", "night"), ("discharge", "charge"),
)  # fmt: skip


_OPPOSITE = re.compile("|".join(sorted({word for pair in _OPPOSITES for word in pair}, key=len, reverse=True)))


def opposed(name: str) -> frozenset[str]:
    """The words of a name that have an opposite, as they follow one another in it; there are few."""
    return frozenset(_OPPOSITE.findall(name))


def is_opposite(asked: str, offered: str) -> bool:
    """Whether one name says 上行 and the other 下行; 上下行 says both."""
    if not (_OPPOSITE.search(asked) and _OPPOSITE.search(offered)):
        return False
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if one in asked and other in offered and one not in offered and other not in asked:
                return not any(both in name for both in _joined(pair) for name in (asked, offered))
    return False


def _joined(pair: tuple[str, str]) -> tuple[str, str]:
    """上下行 and 室内外: how Chinese says two opposites in one word."""
    one, other = pair
    return one[0] + other, one + other[1:]


# 系统响应时间 and 平台响应时间 are of no different things.
_INDIFFERENT = re.compile(
    "运行|工作|作业|使用|测量|检测|监测|识别|分析|处理|输出|结果|数据|整机|全机|单机|单台|单套|平均|最大|最高|最低|最小|额定|综合|实测|"
    "空载|满载|行驶|设计|稳定|连续|累计|目前|公司|其中|正常|自动|配备|支持|可达|[的为在与和及对其各每约近可能达至个本该已均时后前有单全总]"
)
_LONGEST_HEAD = 3


_WHOLE = re.compile(r"系统|平台|整机|整体|全[系流]|\b(?:system|platform|overall|end[- ]to[- ]end)\b", re.IGNORECASE)
_PART = re.compile(
    r"子系统|页面|网页|界面|前端|接口|数据库|模块|组件|单元|部件|\b(?:page|interface|API|module|component)s?\b",
    re.IGNORECASE,
)


def parts(name: str) -> tuple[str, ...]:
    """The parts of a system that the name of a figure names."""
    return tuple(match[0].lower() for match in _PART.finditer(name))


def is_part(asked: str, parts: Sequence[str], clause: str) -> bool:
    """Whether a figure is of a part (页面响应时间) that a clause about the whole (系统响应时间) does not name."""
    return bool(parts) and _WHOLE.search(asked) is not None and not any(part in clause.lower() for part in parts)


# Of 炉温 and 铁水温度 the furnace and the iron are compared.
_WARMTH = re.compile(r"温度|(?<=[\u4e00-\u9fff])温(?![度控湿差升气暖室染])")


class Thing:
    """The name of something measured, to be told from the names of others."""

    def __init__(self, name: str) -> None:
        self.name = _WARMTH.sub("", "".join(name.split()))
        self.is_chinese = is_chinese(self.name)
        self._heads: dict[int, str] = {}

    def head(self, tail: int) -> str:
        """Its first word: the name without its last `tail` characters and without what tells no things apart."""
        if tail not in self._heads:
            self._heads[tail] = _INDIFFERENT.sub("", _EMPTY.sub("", self.name[: len(self.name) - tail])).strip()
        return self._heads[tail]


def are_strangers(asked: Thing, clause: Set[str], offered: Thing, context: Set[str]) -> bool:
    """Whether two things measured differ in their first word, which the other side never mentions and does not mean
    the same: 集卡定位 and 吊具定位. Long names are left alone: they may describe.

    clause, context  the characters of the whole texts in which the things are named
    """
    if not (asked.is_chinese and offered.is_chinese):
        return False
    tail = common_tail(asked.name, offered.name)
    ours, theirs = asked.head(tail), offered.head(tail)
    if not (0 < len(ours) <= _LONGEST_HEAD and 0 < len(theirs) <= _LONGEST_HEAD):
        return False
    is_mentioned = not context.isdisjoint(ours) or not clause.isdisjoint(theirs)
    return not is_mentioned and not meanings(ours) & meanings(theirs)


_HEAD, _WORD = range(2, 4), 2
"""Characters of a noun that says only what kind of quantity it is (温度, 功率), and of the word before it."""
_WORDLESS = re.compile(f"{_INDIFFERENT.pattern}|{_EMPTY.pattern}|[^\u4e00-\u9fff]")


def differing_words(asked: str, offered: str) -> tuple[str, str] | None:
    """The words before the noun of two Chinese names that share no more than a short noun at their ends (温度), and
    mean nothing alike and have no character in common before it (出水, 环境); None of any other two names."""
    asked, offered = asked.partition("每")[0], offered.partition("每")[0]
    tail = common_tail(asked, offered)
    if tail not in _HEAD:
        return None
    ours, theirs = (_WORDLESS.sub(" ", name[: len(name) - tail])[-_WORD:] for name in (asked, offered))
    if " " in ours + theirs or len(ours) < _WORD or len(theirs) < _WORD or not set(ours).isdisjoint(theirs):
        return None
    return None if meanings(ours) & meanings(theirs) else (ours, theirs)


def common_tail(one: str, other: str) -> int:
    """How many characters two names end with alike."""
    tail = 0
    for ours, theirs in zip(reversed(one), reversed(other), strict=False):
        if ours != theirs:
            break
        tail += 1
    return tail
