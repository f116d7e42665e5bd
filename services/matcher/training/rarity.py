"""Makes the table of how rare Chinese characters and pairs are: `python -m matcher.training.rarity dict.txt`.

The input is `jieba/dict.txt` of the source distribution jieba 0.42.1 (MIT): one `word frequency tag` per line.
"""

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path

from matcher.engine.words.rarity import RARITY

_SOURCE = "Counted from dict.txt of jieba 0.42.1, MIT licence, Copyright (c) 2013 Sun Junyi."
_EVERYDAY = 5.0  # nats of surprise that say nothing yet
_MOST = 8
_SMOOTHING = {1: 100, 2: 20}
_FEWEST_OF_A_PAIR = 1_000  # rarer pairs weigh the most anyway, and would make the table ten times as long


def levels(counts: Counter[str], total: int) -> dict[str, int]:
    """The weight of each character or pair that does not weigh the most."""
    found = {}
    for gram, count in counts.items():
        if len(gram) == 2 and count <= _FEWEST_OF_A_PAIR:
            continue
        surprise = math.log(total / (count + _SMOOTHING[len(gram)])) - _EVERYDAY
        if (level := max(round(surprise), 0)) < _MOST:
            found[gram] = level
    return found


def counted(words: str) -> Counter[str]:
    """How often each character and pair occurs in running text, taken from a list of words with frequencies."""
    counts: Counter[str] = Counter()
    for line in words.splitlines():
        word, frequency, _tag = line.split(" ")
        for size in (1, 2):
            for at in range(len(word) - size + 1):
                if not (gram := word[at : at + size].lower()).isascii():
                    counts[gram] += int(frequency)
    return counts


def table(words: str) -> dict[str, object]:
    counts = counted(words)
    total = sum(count for gram, count in counts.items() if len(gram) == 1)
    by_level: dict[int, dict[int, list[str]]] = {1: defaultdict(list), 2: defaultdict(list)}
    for gram, level in sorted(levels(counts, total).items()):
        by_level[len(gram)][level].append(gram)
    return {
        "source": _SOURCE,
        "source_sha256": hashlib.sha256(words.encode()).hexdigest(),
        "characters": {str(level): "".join(grams) for level, grams in sorted(by_level[1].items())},
        "pairs": {str(level): " ".join(grams) for level, grams in sorted(by_level[2].items())},
    }


if __name__ == "__main__":
    made = table(Path(sys.argv[1]).read_text(encoding="utf-8"))
    RARITY.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
