"""Cuts a sentence of a demand into its requirements and leaves out what asks for nothing."""

import re
from collections.abc import Iterator

from matcher.engine.clauses import cues, exclusions, requirement
from matcher.engine.clauses.exclusions import Excluded
from matcher.engine.facts import identifiers, readings
from matcher.engine.facts.cue_words import Cue
from matcher.engine.facts.quantities import Quantity

_JOINT = re.compile(
    r"[，,、](?!\d{3}(?!\d))|\s(?=and\s)|\s?/\s?(?=[±≤≥])|(?=并且|(?<!并)且(?!末)|(?<!合)并(?=[减增提降缩节]))"
    r"|\s+(?=[\u4e00-\u9fff][^\s，,。；;、:：≥≤]{0,14}\s?[≥≤≧≦⩾⩽＞＜])"
)
_OPENER = re.compile(
    r"\s*(?:并|且|同时|还|and\s)?\s?"
    r"(?:须|必须|应(?!用|急|力)|不得|支持|提供|具备|具有|满足|符合|可(?!靠|用|见)|能够?(?!源|耗|量)|must|shall|should|support|provide)"
)
_FUNCTION = re.compile(r"\s*(?:系统|平台|软件|设备|终端)?(?:应|须|需|能|可)?(?:能够?|可)?(?:支持|提供|具备|实现|具有)")
_CONNECTIVE = re.compile(r"(?:并且|并(?=[支提具能可满应须减增降缩节])|且|同时(?!在|接|率)|and )\s*")
_EDGE = "，,。；;：:、.．?？！!\u200b"
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 2
_SIGNED = re.compile(r"\s*[±≤≥]")
_CONDITION = re.compile(r"[^≥≤><]*\d[^≥≤><]*(?:(?<!小)时|(?<!以)下)\s?")
_IMPLICIT = (None, Cue.REACH)


def find(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """One span per requirement of a sentence: 准确率≥95%，时延≤50ms，并支持离线部署 makes three.

    A stretch that is no requirement takes those with it that follow and ask for nothing, and a bare one before it.
    """
    measured = [
        start + one.quantity.figure_start for one in readings.read(text[start:end]) if requirement.is_asked(one)
    ]
    part_start, is_complete, is_silent, last = start, False, False, start
    for segment_start, segment_end in _segments(text, start, end):
        asks = _asks(text, segment_start, segment_end)
        is_silent = is_excluded(text[segment_start:segment_end], asks=asks) or (is_silent and not asks)
        if is_silent:
            if is_complete:
                yield whole(text, part_start, last)
            part_start, is_complete, last = segment_end, False, segment_end
            continue
        has_figure = any(segment_start <= place < segment_end for place in measured)
        opens = (has_figure or _opens(text, segment_start, segment_end)) and not _is_condition(
            text, segment_start, segment_end
        )
        if is_complete and opens and _is_enough(text, segment_start, segment_end):
            yield whole(text, part_start, last)
            part_start, is_complete = segment_start, False
        is_complete, last = is_complete or opens, segment_end
    if part_start < end and not is_silent:
        yield whole(text, part_start, end)


def is_excluded(stretch: str, *, asks: bool = False) -> bool:
    """Whether a stretch is no requirement; one that names a function is none only when it names a contact."""
    stretch = stretch.strip(f"{_EDGE} ")
    found = exclusions.excluded(stretch, asks=asks)
    return found is not None and (found is Excluded.CONTACT or not _FUNCTION.match(stretch))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and marks at its edges."""
    while start < end and _is_edge(text[start]):
        start += 1
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    return start, end


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of one requirement, without the 并 or "and" that joined it to the last."""
    start, end = trimmed(text, start, end)
    connective = _CONNECTIVE.match(text, start, end)
    return (connective.end(), end) if connective and connective.end() < end else (start, end)


def _is_edge(character: str) -> bool:
    return character in _EDGE or character.isspace()


def _asks(text: str, start: int, end: int) -> bool:
    """Whether a stretch insists: by its words, or by a figure that is compared."""
    written = text[start:end].lstrip(f"{_EDGE} ")
    if cues.INSISTS.search(written) or _OPENER.match(written):
        return True
    return any(one.quantity.cue not in _IMPLICIT or _is_range(one.quantity) for one in readings.read(written))


def _is_range(quantity: Quantity) -> bool:
    return quantity.upper is not None and not quantity.is_rough


def _is_condition(text: str, start: int, end: int) -> bool:
    """Whether a stretch only says when the next one holds: 输入电压220V时."""
    return _CONDITION.fullmatch(text, start, end) is not None


def _opens(text: str, start: int, end: int) -> bool:
    """Whether a stretch without figure begins a requirement: by its verb, or after a comma by the grade it names."""
    if _OPENER.match(text, start, end) or _FUNCTION.match(text, start, end):
        return True
    is_after_comma = text[start - 1 : start] in (",", "，")
    return is_after_comma and any(name.parts or name.level is not None for name in identifiers.find(text[start:end]))


def _is_enough(text: str, start: int, end: int) -> bool:
    return bool(_SIGNED.match(text, start, end)) or len(_LETTERS.findall(text, start, end)) >= _FEWEST_LETTERS


def _segments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    joints = [match.span() for match in _JOINT.finditer(text, start, end)]
    starts = [start, *(joint_end for _, joint_end in joints)]
    ends = [*(joint_start for joint_start, _ in joints), end]
    return list(zip(starts, ends, strict=True))
