"""How much of what one text asks another one says, by characters within a language and by meanings across two."""

import re
from dataclasses import dataclass
from functools import lru_cache

from matcher.engine import lexical
from matcher.engine.glossary import meanings

_CHINESE = re.compile("[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
# Words every requirement and every offer uses; they say nothing of what is asked.
_EMPTY = re.compile(
    r"必须|应当|应该|须|应(?=[支具能可提满符采])|供应商|投标人|投资方|系统|平台|设备|产品|装置|终端|软件|整机|支持|具备|具有|提供|能够|可以|实现|"
    r"满足|达到|符合|采用|进行|功能|能力|要求|相关|以及|并且|不低于|不少于|不超过|不高于|不大于|不小于|以上|以下|以内|[的与和及或了]"
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a text is about: neighbouring characters and words of its own language, and language-free meanings."""

    pairs: frozenset[str]
    meanings: frozenset[str]
    is_chinese: bool


@lru_cache(maxsize=65_536)
def is_chinese(text: str) -> bool:
    return len(_CHINESE.findall(text)) * 3 >= len(_LETTER.findall(text))


@lru_cache(maxsize=65_536)
def content(text: str) -> Content:
    bare = _EMPTY.sub(" ", text)
    if is_chinese(text):
        return Content(lexical.pairs(bare), meanings(text), is_chinese=True)
    stems = frozenset(_stem(token) for token in lexical.tokens(text))
    return Content(stems, meanings(text), is_chinese=False)


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
    ("白天", "夜晚"), ("手动", "自动"), ("online", "offline"), ("indoor", "outdoor"), ("wired", "wireless"),
    ("uplink", "downlink"), ("input", "output"), ("inlet", "outlet"), ("daylight", "night"), ("discharge", "charge"),
)  # fmt: skip


def is_opposite(asked: str, offered: str) -> bool:
    """Whether one name says 上行 and the other 下行."""
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if one in asked and other in offered and one not in offered and other not in asked:
                return True
    return False
