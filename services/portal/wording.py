"""What the APIs' records say, in a reader's words: fields, values, states, what is lacking."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portal import formats
from portal.api import Json
from portal.languages import Speaker

OUTCOMES = ("satisfied", "not_satisfied", "insufficient_evidence")
MOMENTS = ("opens_at", "closes_at", "published_at")
SUMS = ("budget_min_fen", "budget_max_fen")


class ShownChange(NamedTuple):
    """One thing that changed: where, and what stood and stands there; empty for nothing."""

    place: str
    before: str
    after: str


class ClauseTally(NamedTuple):
    """How the clauses of a demand are met, and what would change that.

    looks_met  how many lack evidence though something was found that may meet them; `insufficient` counts the others
    lacking    verdicts without enough evidence, binding ones first
    missed     verdicts of clauses that are not met, binding ones first
    """

    satisfied: int
    looks_met: int
    not_satisfied: int
    insufficient: int
    lacking: list[Json]
    missed: list[Json]


def place(say: Speaker, pointer: str) -> str:
    """Where a JSON Pointer leads, in words: `#/clauses/0/text` is 条款 1 · 内容."""
    words: list[str] = []
    for part in pointer.removeprefix("#").strip("/").split("/"):
        if part.isdigit() and words:
            words[-1] = f"{words[-1]} {int(part) + 1}"
        elif part:
            words.append(say.word("field", part))
    return " · ".join(words) or say("field.whole")


def value(say: Speaker, pointer: str, said: object) -> str:
    """A value of an API as a person writes it."""
    name = pointer.rpartition("/")[2]
    if said is None or said == []:
        return ""
    if isinstance(said, bool):
        return say("word.yes" if said else "word.no")
    if name in MOMENTS and isinstance(said, str):
        return formats.date_time(said)
    if name in SUMS and isinstance(said, int):
        return say("money.wan", sum=formats.wan(said))
    if isinstance(said, dict):
        return str(
            said.get("text") or said.get("title") or "；".join(value(say, key, each) for key, each in said.items())
        )
    if isinstance(said, list):
        return "；".join(value(say, pointer, each) for each in said)
    return str(said)


def changes(say: Speaker, found: Sequence[Json] | None) -> list[ShownChange]:
    shown = [each for each in found or () if "/policy_ids" not in each["pointer"]]
    return [
        ShownChange(place(say, at := each["pointer"]), value(say, at, each["before"]), value(say, at, each["after"]))
        for each in shown
    ]


def counted(verdicts: Sequence[Json]) -> ClauseTally:
    by = {outcome: [each for each in verdicts if each["outcome"] == outcome] for outcome in OUTCOMES}
    satisfied, missed, open_ = (by[outcome] for outcome in OUTCOMES)
    looks = sum(each["code"] == "looks_met" for each in open_)
    return ClauseTally(
        len(satisfied), looks, len(missed), len(open_) - looks, _binding_first(open_), _binding_first(missed)
    )


def _binding_first(verdicts: Sequence[Json]) -> list[Json]:
    return sorted(verdicts, key=lambda each: (not each["is_hard"], each["clause"]))


def figure(say: Speaker, clause: Json) -> str:
    """What a clause asks for as a figure: 残损识别准确率 ≥ 96 %."""
    if clause.get("operator") is None or clause.get("value") is None:
        return ""
    unit = clause.get("unit") or ""
    low = _number(clause["value"])
    if clause["operator"] == "between":
        return f"{low} – {_number(clause.get('upper'))} {unit}".strip()
    return f"{say.word('comparison', clause['operator'])} {low} {unit}".strip()


def _number(found: object) -> str:
    return f"{found:g}" if isinstance(found, int | float) else ""


def by_year(lists: Sequence[Json]) -> Iterator[tuple[int, list[Json]]]:
    """Lists under their years, newest first."""
    for year in sorted({each["year"] for each in lists}, reverse=True):
        yield year, sorted((each for each in lists if each["year"] == year), key=lambda each: each["batch"])
