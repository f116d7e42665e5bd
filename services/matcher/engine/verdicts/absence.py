"""Judges a clause that asks for something not to be: 不停产, 数据不得出境, no open flame."""

import re
from enum import Enum

from matcher.engine.modifiers import interpreter
from matcher.engine.modifiers.interpreter import Category
from matcher.engine.verdicts.facts import Facts


class Stand(Enum):
    """What a sentence says of the thing that is not to be."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


_NO_DENIAL = (
    "仅|但|同|断|间断|良|锈|得|应|可|能|允|确定|稳定|平衡|规则|均匀|连续|一致|对称|"
    "合格|安全|明|全|等|定|足|利|宜|当|正|文明"
)
"""After 不: words that name a quality, no absence (不确定性, 不锈钢), or that the rule has elsewhere."""
_THING_CHINESE = re.compile(
    rf"(?:不得|禁止|严禁|不应|不可(?!见)|不能|不允许|避免|不(?!低于|少于|小于|超过|高于|大于|短于|早于|晚于|优于|{_NO_DENIAL})"
    rf"|未(?!来|知)|无(?!人|线|缝|损|级|菌|机|纸|障|感|极|源|创)|免)(?:需要?|要)?(?:再|在|有|存在|发生|出现|进行|使用|采用|接受|含有?|包含|添加|产生)?"
    r"(?P<what>[\u4e00-\u9fff]{2})"
)
_THING_ENGLISH = re.compile(
    r"\b(?:no|not|without|never)\b(?: (?:be|any|an?|the|use|using|used|contain|contains|containing|require|need))*"
    r" (?P<what>[a-z]{3,}(?: [a-z]{3,})?)",
    re.IGNORECASE,
)
_NEGATED_CHINESE = re.compile(r"(?:不|未|无(?!人|线|缝)|免|非|没有?|零|避免|禁止|杜绝|防止)[^,，。;；]{0,3}$")
_NEGATED_ENGLISH = re.compile(
    r"\b(?:no|not|without|never|free of|free from|avoids?|non)[\s-](?:\w+\s){0,2}$", re.IGNORECASE
)
_DONE_CHINESE = re.compile(
    r"(?:(?<![无不免勿])(?:需要?|须|必须|会|将)|使用|采用|依靠|基于|通过|配备|搭载|含有|添加)\s?$"
)
_DONE_ENGLISH = re.compile(
    r"\b(?:us(?:es?|ing)|needs?|requir(?:es?|ing)|contain(?:s|ing)?|involv(?:es?|ing)|with)(?: an?| the)?\s$",
    re.IGNORECASE,
)
_NEAR = 24


def things(clause: str) -> tuple[str, ...]:
    """What a clause asks not to be: 停产 of 不停产改造; none for most clauses."""
    found = [match["what"] for match in _THING_CHINESE.finditer(clause)]
    return tuple(found) or tuple(match["what"].lower() for match in _THING_ENGLISH.finditer(clause))


def stand(asked: tuple[str, ...], offered: Facts) -> Stand:
    """What a sentence says of the things: all of those it names are denied, one of them is said to be, or neither."""
    stands = [
        _said(thing, offered.text, place.start())
        for thing in asked
        for place in re.finditer(re.escape(thing), offered.text, re.IGNORECASE)
    ]
    if Stand.BROKEN in stands:
        return Stand.BROKEN
    return Stand.KEPT if Stand.KEPT in stands else Stand.OPEN


def is_inside(offered: str) -> bool:
    """Whether everything is said to stay inside."""
    inside = interpreter.pattern(Category.INSIDE).search(offered)
    return bool(inside) and not interpreter.pattern(Category.DENIED).search(offered)


def _said(thing: str, text: str, start: int) -> Stand:
    before = text[max(0, start - _NEAR) : start]
    negated, done = (_NEGATED_ENGLISH, _DONE_ENGLISH) if thing.isascii() else (_NEGATED_CHINESE, _DONE_CHINESE)
    if negated.search(before):
        return Stand.KEPT
    return Stand.BROKEN if done.search(before) else Stand.OPEN
