"""Tells whether two counts are of the same thing: 5家博物馆 and 6家医院 are not, nor are 3个城市 and 14个项目."""

import re

from matcher.engine.facts.readings import Reading
from matcher.engine.verdicts.facts import Facts
from matcher.engine.verdicts.question import Question
from matcher.engine.words import overlap

DIMENSION = "count"
_AFTER = re.compile(r"\s?(?:(?:及?以上|左右|余|多)的?)?([㐀-鿿]{1,14})")
_END = re.compile(
    r"使用|运行|运营|上线|投入|投运|建成|开通|应用|部署|落地|实施|完成|在用|开展|采用|接入|服务|供货|装机|验收|交付|推广|试点|试装|"
    r"的|以上|左右|起|为|等|和|及|与|并|或|中|内|在|已|均"
)
"""What follows the noun that is counted."""
_ANY_THING = re.compile(
    r"案例|业绩|项目|用户|客户|场景|应用|工程|实例|单位|地方|近?[\d一二两三五]*年内?来?|同类|类似|相关|公共部门|单个"
)
"""Words for whatever was done or served: they name no thing that could be told from another."""
_LEAST_HEAD = 2
_IDLE = "(?:已|累计|现有|目前|共|总|设|建|具备|具有|拥有|有|在|规划|支持|不少于|至少|交付|供应|销售|接入|服务|运|用)+"
_VERB_LAST = re.compile(
    "(?:累计|现有|目前|具备|具有|拥有|规划|支持|不少于|至少|交付|供应|销售|接入|服务|已|共|有|设|建)$"
)
"""Ends what stands before a noun and is no class of it: 单园区接入 of 单园区接入测点."""
_LEAD = re.compile(rf"^{_IDLE}|{_IDLE}$")


def are_of_other_things(asked: Question, reading: Reading, written: Facts) -> bool:
    """Whether a clause and a sentence of a profile count things that have no character in common.

    A clause that counts whatever was done (近三年同类业绩不少于2个) names none, and any count may be of it. What one
    period's count comes to in another (日产450台电机 for 年产能) is left alone: its name is that of the period.

    reading  of the sentence `written`. Only Chinese nouns end where it can be seen; others are left alone.
    """
    wanted = asked.figure
    if wanted is None or reading.is_derived or not (asked.facts.is_chinese and written.is_chinese):
        return False
    ours, before = _noun_after(asked.text, wanted.quantity.end), _noun_before(wanted.name)
    theirs, offered = _noun_after(written.text, reading.quantity.end), _noun_before(reading.name)
    if _are_of_unlike_classes(ours or before, theirs or offered, asked.text, written.text):
        return True
    if ours:
        return set(ours).isdisjoint(theirs or offered)
    if not before:
        return False
    if theirs:
        return set(theirs).isdisjoint(asked.text)
    return bool(offered) and _heads_differ(before, offered)


def is_of_a_part(asked: Question, reading: Reading, written: Facts) -> bool:
    """Whether a sentence counts only some of what the clause counts (三甲医院 of 医院), so that there may be more."""
    wanted = asked.figure
    if wanted is None or reading.is_derived or not (asked.facts.is_chinese and written.is_chinese):
        return False
    ours = _noun_after(asked.text, wanted.quantity.end) or _noun_before(wanted.name)
    theirs = _noun_after(written.text, reading.quantity.end) or _END.split(_noun_before(reading.name))[-1]
    return len(ours) >= _LEAST_HEAD and theirs != ours and theirs.endswith(ours)


def _are_of_unlike_classes(ours: str, theirs: str, clause: str, written: str) -> bool:
    """Whether two nouns with one head (码头) say unlike things of it (万吨级, 内河小型) that the other never says."""
    tail = overlap.common_tail(ours, theirs)
    one, other = ours[: len(ours) - tail], theirs[: len(theirs) - tail]
    if tail < _LEAST_HEAD or min(len(one), len(other)) < _LEAST_HEAD:
        return False
    if _VERB_LAST.search(one) or _VERB_LAST.search(other):
        return False
    return set(one).isdisjoint(other) and one not in written and other not in clause


def _noun_after(text: str, end: int) -> str:
    """The noun that a count stands before; empty when what follows is none, or names no thing."""
    match = _AFTER.match(text, end)
    return _ANY_THING.sub("", _END.split(match[1], maxsplit=1)[0]) if match else ""


def _noun_before(name: str) -> str:
    """The noun that a count stands behind."""
    return _LEAD.sub("", _ANY_THING.sub("", name))


def _heads_differ(ours: str, theirs: str) -> bool:
    """A Chinese noun ends with what it is: 巡检无人机 and 巡检车 are two things."""
    return ours[-1] != theirs[-1] and ours[-2:] not in theirs and theirs[-2:] not in ours
