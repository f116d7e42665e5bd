"""Puts open clauses and an offer before the second reader, without contacts and not too long."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from common.contracts.clauses import Clause
from matcher.engine.verdicts.evidence import EvidenceText
from matcher.reader import contacts

Message = Mapping[str, str]
MOST_ANSWER_TOKENS = 2_000
MOST_CLAUSES, LONGEST_CLAUSE, LONGEST_OFFER = 10, 500, 12_000
"""Clauses asked about at once, characters of one, characters of an offer; what is beyond is not read."""
_LONGEST_CONTACT = 200
_FILE = Path(__file__).parent / "prompt.toml"


@dataclass(frozen=True)
class Enquiry:
    """Open clauses by their position in the demand, and the texts of the offer as it wrote them."""

    clauses: dict[int, Clause]
    texts: tuple[EvidenceText, ...]

    @property
    def messages(self) -> list[Message]:
        clauses = [{"clause": at, "text": _shown(one.text, LONGEST_CLAUSE)} for at, one in self.clauses.items()]
        asked = json.dumps({"clauses": clauses, "offer": _offer(self.texts)}, ensure_ascii=False)
        return [{"role": "system", "content": _stored()["system"]}, {"role": "user", "content": asked}]

    @property
    def token_bound(self) -> int:
        """Tokens that a request may take: no tokenizer needs more than two for a character of these texts."""
        return 2 * sum(len(message["content"]) for message in self.messages) + MOST_ANSWER_TOKENS


def version() -> str:
    return str(_stored()["version"])


def asked(open_clauses: dict[int, Clause], texts: Sequence[EvidenceText]) -> Enquiry | None:
    """What to ask of the clauses left open, binding ones first; None when there is nothing to read."""
    written = tuple(text for text in texts if text.text.strip())
    first = sorted(open_clauses, key=lambda at: (not open_clauses[at].is_hard, at))[:MOST_CLAUSES]
    return Enquiry({at: open_clauses[at] for at in sorted(first)}, written) if first and written else None


def _offer(texts: Sequence[EvidenceText]) -> list[dict[str, str]]:
    room, shown = LONGEST_OFFER, list[dict[str, str]]()
    for text in texts:
        if room > 0:
            shown.append({"source": text.source, "text": _shown(text.text, room)})
            room -= len(text.text)
    return shown


def _shown(text: str, longest: int) -> str:
    # Cut after the contacts are gone, or half a telephone number would stay; but not of a text without end.
    return contacts.without(text[: longest + _LONGEST_CONTACT])[:longest]


@cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
