"""How a lesson is worded: sentences put together, figures changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

_HAN = re.compile("[\u4e00-\u9fff]")
_FIGURE = re.compile(r"(?<![A-Za-z\d\-/.])\d+(?:\.\d+)?(?!\d|[-/]\d|[A-Za-z]{0,2}\d)")
_YEARS = range(1990, 2036)
_ENDS = "。.！!；;"


@dataclass(frozen=True, slots=True)
class WordedClaim:
    """`told` is a paragraph, or a sentence with the one `before` it, which is no evidence, if there is any."""

    clause: str
    told: str
    before: str = ""


def joined(sentence: str, other: str, random: Random) -> str:
    """The two as one sentence, in either order."""
    comma = "，" if _HAN.search(sentence) else ", "
    first, second = (other, sentence) if random.random() < 0.5 else (sentence, other)
    return first.rstrip("。.") + comma + second


def paragraph(sentence: str, rest: Sequence[str], at: int) -> str:
    """The rest in order, with `sentence` before the one at `at`, each ended by a full stop."""
    is_chinese = bool(_HAN.search(sentence))
    return "".join(map(_ended if is_chinese else _spaced, [*rest[:at], sentence, *rest[at:]]))


def renumbered(claim: WordedClaim, random: Random) -> WordedClaim:
    """The claim with other figures of the same look, so that nothing is learnt of how large they are."""
    scale = 2 ** random.uniform(-1.5, 1.5)

    def other(found: re.Match[str]) -> str:
        written = found.group()
        places = len(written.partition(".")[2])
        value = float(written)
        if not places and value in _YEARS:
            return written
        value *= scale * 2 ** random.uniform(-0.5, 0.5)
        return f"{value if places or value >= 1 else random.randint(1, 9):.{places}f}"

    return WordedClaim(*(_FIGURE.sub(other, text) for text in (claim.clause, claim.told, claim.before)))


def _ended(sentence: str, stop: str = "。") -> str:
    written = sentence.strip()
    return written if not written or written[-1] in _ENDS else written + stop


def _spaced(sentence: str) -> str:
    return _ended(sentence, ".") + " "
