"""Splits a demand's text into typed clauses, leaving headings and background out."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from common.contracts.catalog import Clause
from common.contracts.matcher import Span
from matcher.engine.clauses import cues, requirement
from matcher.engine.facts import identifiers, readings

LONGEST = 1_000
"""Characters of a clause; what runs on longer without a full stop is cut."""

_SENTENCE_END = re.compile(
    r"[。；;！!？?\n]+|(?<=[^\s\d.][^\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[A-Z]|\s*$)"
    r"|(?<=\d[^\s\d.])\.(?=\s+[A-Z]|\s*$)|(?<=\d\s[^\s\d.])\.(?=\s+[A-Z]|\s*$)"
)
_JOINT = re.compile(r"[，,、](?!\d{3}(?!\d))|\s(?=and\s)")
_OPENER = re.compile(
    r"\s*(?:并|且|同时|还|and\s)?\s?"
    r"(?:须|必须|应(?!用|急|力)|不得|支持|提供|具备|具有|满足|符合|可(?!靠|用|见)|能够?(?!源|耗|量)|must|shall|should|support|provide)"
)
_EDGE = "，,。；;：:、.．?？！!\u200b"
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 4
_LEAD_IN_LENGTH = 60
_CONNECTIVE = re.compile(r"(?:并且|并(?=[支提具能可满应须])|且|同时|and )\s*")
_PARENTHESES = "（()） "


@dataclass(frozen=True, slots=True)
class FoundClause:
    """A clause and where the text says it; `clause.text` is `span.text`."""

    clause: Clause
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    section: str


def split(text: str, *, source: str = "need") -> list[FoundClause]:
    """The clauses of a demand's text in order, for its owner to confirm, none twice. Never raises; no text, no clauses.

    A text that is nothing but background is read again as if it were not: an owner who asks by telling his troubles
    still asks for something.
    """
    clean = _clean(text)
    pieces = list(_pieces(clean))
    asked = [piece for piece in pieces if not _is_idle(clean, piece)] or pieces
    spans = [span for piece in asked for span in _parts(clean, piece.start, piece.end)]
    sections = {piece.start: piece.section for piece in asked}
    found: dict[str, FoundClause] = {}
    section = ""
    for start, end in spans:
        section = sections.get(start, section)
        written = clean[start:end]
        if written not in found:
            clause = requirement.read(written, section=section)
            found[written] = FoundClause(clause, Span(source=source, start=start, end=end, text=written))
    return list(found.values())


def _clean(text: str) -> str:
    """Control and surrogate characters become blanks, so that places stay and every clause can be stored."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)


def _pieces(text: str) -> Iterator[_Piece]:
    """Sentences and list items without their headings, each with the heading it stands under."""
    section = ""
    for start, end in _cut(text):
        start, end, heading = _without_headings(text, start, end)
        section = heading or section
        if cues.BARE_HEADING.fullmatch(text, start, end):
            section = text[start:end]
            continue
        if _says_something(text, start, end):
            yield _Piece(start, min(end, start + LONGEST), section)


def _says_something(text: str, start: int, end: int) -> bool:
    """Whether there are words enough for a requirement, or a figure or a name that is one (载重≥5t, IP67)."""
    count = len(_LETTERS.findall(text, start, end))
    if 0 < count < _FEWEST_LETTERS:
        written = text[start:end]
        return any(map(_is_asked, readings.read(written))) or bool(identifiers.find(written))
    return count > 0


def _cut(text: str) -> Iterator[tuple[int, int]]:
    """Spans between sentence ends and list marks, trimmed."""
    marks = [(m.start(), m.end()) for m in cues.ENUMERATOR.finditer(text)]
    marks += [(m.start(), m.end()) for m in _SENTENCE_END.finditer(text)]
    marks += [(m.start(), m.start()) for m in cues.INLINE_HEADING.finditer(text)]
    position = 0
    for start, end in [*sorted(marks), (len(text), len(text))]:
        if start > position:
            yield _trimmed(text, position, start)
        position = max(position, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and _is_edge(text[start]):
        start += 1
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    return start, end


def _is_edge(character: str) -> bool:
    return character in _EDGE or character.isspace()


def _without_headings(text: str, start: int, end: int) -> tuple[int, int, str]:
    """The span after its leading headings (需求内容：…), and the last of them."""
    heading = ""
    while match := cues.HEADING.match(text[start:end].lstrip(_PARENTHESES).rstrip(_PARENTHESES)):
        heading = match["name"]
        skipped = len(text[start:end]) - len(text[start:end].lstrip(_PARENTHESES))
        start, end = _trimmed(text, min(start + skipped + match.end(), end), end)
        if not match["colon"]:
            return end, end, heading
    return start, end, heading


def _is_idle(text: str, piece: _Piece) -> bool:
    written = text[piece.start : piece.end]
    asks = cues.INSISTS.search(written) or any(reading.quantity.cue for reading in readings.read(written))
    if cues.IDLE_SECTION.search(piece.section) or (cues.LEAD_IN.search(written) and len(written) < _LEAD_IN_LENGTH):
        return True
    return bool(cues.BACKGROUND.search(written)) and not asks


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """One span per requirement of a sentence: 准确率≥95%，时延≤50ms，并支持离线部署 makes three."""
    measured = [start + reading.quantity.start for reading in readings.read(text[start:end]) if _is_asked(reading)]
    part_start, is_complete = start, False
    for segment_start, segment_end in _segments(text, start, end):
        has_figure = any(segment_start <= place < segment_end for place in measured)
        opens = has_figure or _OPENER.match(text, segment_start, segment_end)
        if is_complete and opens and len(_LETTERS.findall(text, segment_start, segment_end)) >= _FEWEST_LETTERS - 2:
            yield _whole(text, part_start, segment_start)
            part_start, is_complete = segment_start, False
        is_complete = is_complete or bool(opens)
    yield _whole(text, part_start, end)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of one requirement, without the 并 or "and" that joined it to the last."""
    start, end = _trimmed(text, start, end)
    connective = _CONNECTIVE.match(text, start, end)
    return (connective.end(), end) if connective and connective.end() < end else (start, end)


def _is_asked(reading: readings.Reading) -> bool:
    is_level = reading.quantity.unit.dimension in requirement.LEVELS
    return (
        is_level or reading.quantity.cue is not None or reading.metric is not None or reading.quantity.upper is not None
    )


def _segments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    joints = [match.start() for match in _JOINT.finditer(text, start, end)]
    starts = [start, *(joint + 1 for joint in joints)]
    return list(zip(starts, [*joints, end], strict=True))
