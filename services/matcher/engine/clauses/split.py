"""Splits a demand's text into typed clauses, leaving headings, background and what is no requirement out."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.contracts.clauses import Clause
from common.contracts.matcher import Span
from matcher.engine.clauses import cues, exclusions, marks, parts, requirement
from matcher.engine.facts import identifiers, readings

LONGEST = 1_000
"""Characters of a clause; what runs on longer without a full stop is cut."""

_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 4
_LEAD_IN_LENGTH = 60
_LONGEST_HEADING = 24
_PARENTHESES = "（()） "
_COUNT = r"(?:\s?[（(]?(?:\d+|[一二两三四五六七八九十]+)\s?[台套只辆架艘部个块][^：:，,]{0,4}?[)）]?)?"
_COLONS = (":", "：")
_DEVICE = re.compile(rf"(?P<name>[^\d，,。；;：:≥≤><（(]{{2,24}}?){_COUNT}\s?(?P<colon>:\s|[:：])\s*(?=[^\s\d≥≤><±]|$)")


@dataclass(frozen=True, slots=True)
class FoundClause:
    """A clause and where the text says it; `clause.text` ends with `span.text`, after the device it speaks of when that
    stands elsewhere."""

    clause: Clause
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    """`device` is what a heading in or before the piece says it speaks of, with its colon."""

    start: int
    end: int
    section: str
    device: str
    names_device: bool


def split(text: str, *, source: str = "need") -> list[FoundClause]:
    """The clauses of a demand's text in order, for its owner to confirm, none twice. Never raises; no text, no clauses.

    A text that is nothing but background is read again as if it were not: an owner who asks by telling his troubles
    still asks for something. What is no requirement (contacts, tendering, funding, scope) stays out.
    """
    clean = _clean(text)
    pieces = list(_pieces(clean))
    asked = [piece for piece in pieces if not _is_idle(clean, piece)]
    return _clauses(clean, asked, source) or _clauses(clean, pieces, source)


def _clauses(text: str, pieces: Sequence[_Piece], source: str) -> list[FoundClause]:
    found: dict[str, FoundClause] = {}
    for piece in pieces:
        name = ""
        for start, end in parts.find(text, piece.start, piece.end):
            span = Span(source=source, start=start, end=end, text=text[start:end])
            subject = piece.device if start > piece.start or not piece.names_device else ""
            if name and _is_of_the_same(span.text):
                subject += f"{name}："
            clause = requirement.read(subject + span.text, section=piece.section)
            name = clause.metric or name
            found.setdefault(clause.text, FoundClause(clause, span))
    return list(found.values())


def _is_of_the_same(text: str) -> bool:
    """Whether a requirement names nothing, and is of what the one before it names: 且小于0.8MPa, /±0.5%."""
    figure = requirement.main_figure(text)
    return not _LETTERS.search(text) or (figure is not None and requirement.metric_name(figure) is None)


def _clean(text: str) -> str:
    """Control and surrogate characters become blanks, so that places stay and every clause can be stored."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)


def _pieces(text: str) -> Iterator[_Piece]:
    """Sentences and list items without their headings, each with the heading and the device it stands under."""
    section = device = ""
    for start, end, goes_on in _cut(text):
        start, end, heading = _without_headings(text, start, end)
        section = heading or section
        if cues.BARE_HEADING.fullmatch(text, start, end):
            section, device = text[start:end], ""
            continue
        named = _device(text, start, end)
        device = named or (device if goes_on and not heading else "")
        is_short = end - start <= _LONGEST_HEADING
        if text.startswith(_COLONS, end) and (named or (is_short and not exclusions.names_a_device(text[start:end]))):
            section = section if named else text[start:end]
            continue
        if _says_something(text, start, end):
            yield _Piece(start, min(end, start + LONGEST), section, device, bool(named))


def _device(text: str, start: int, end: int) -> str:
    """The device that a piece begins with and speaks of, with its colon (云服务器：), empty when there is none."""
    match = _DEVICE.match(text, start, min(end + 1, len(text)))
    if match is None or not _LETTERS.search(match["name"]):
        return ""
    is_device = exclusions.names_a_device(match["name"].strip()) and not parts.is_excluded(match[0])
    return f"{match['name'].strip()}{match['colon']}" if is_device else ""


def _says_something(text: str, start: int, end: int) -> bool:
    """Whether there are words enough for a requirement, or a figure or a name that is one (载重≥5t, IP67)."""
    count = len(_LETTERS.findall(text, start, end))
    if 0 < count < _FEWEST_LETTERS:
        written = text[start:end]
        return any(map(requirement.is_asked, readings.read(written))) or bool(identifiers.find(written))
    return count > 0


def _cut(text: str) -> Iterator[tuple[int, int, bool]]:
    """Spans between marks, trimmed, and whether only soft marks stand before each."""
    position, goes_on = 0, False
    for start, end, is_soft in [*marks.find(text), (len(text), len(text), False)]:
        if start > position:
            piece_start, piece_end = parts.trimmed(text, position, start)
            yield piece_start, piece_end, goes_on
            goes_on = is_soft if piece_end > piece_start else goes_on and is_soft
        else:
            goes_on = goes_on and is_soft
        position = max(position, end)


def _without_headings(text: str, start: int, end: int) -> tuple[int, int, str]:
    """The span after its leading headings (需求内容：…), and the last of them."""
    heading = ""
    while match := cues.HEADING.match(text[start:end].lstrip(_PARENTHESES).rstrip(_PARENTHESES)):
        heading = match["name"]
        skipped = len(text[start:end]) - len(text[start:end].lstrip(_PARENTHESES))
        start, end = parts.trimmed(text, min(start + skipped + match.end(), end), end)
        if not match["colon"]:
            return end, end, heading
    return start, end, heading


def _is_idle(text: str, piece: _Piece) -> bool:
    written = text[piece.start : piece.end]
    asks = cues.INSISTS.search(written) or any(reading.quantity.cue for reading in readings.read(written))
    if cues.IDLE_SECTION.search(piece.section) or (cues.LEAD_IN.search(written) and len(written) < _LEAD_IN_LENGTH):
        return True
    return bool(cues.BACKGROUND.search(written)) and not asks
