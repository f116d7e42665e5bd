"""A record as its page shows it: each thing with what it is called, in the reader's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from portal import formats
from portal.api import Json
from portal.languages import Speaker
from portal.work.nouns import WorkNoun


class ShownFact(NamedTuple):
    """What it is called, what it says, and the demand it leads to; `is_code` for what is compared letter by letter."""

    label: str
    said: str
    demand: str | None = None
    is_code: bool = False


SAID: Mapping[str, Callable[[str], str]] = {
    "moment": formats.date_time,
    "day": formats.last_day,
    "place": formats.division,
}


def facts(say: Speaker, noun: WorkNoun, record: Json) -> Iterator[ShownFact]:
    """In the order of nouns.toml, without what is not said."""
    for name, kind in noun.facts:
        value = record.get(name)
        if value is None or value == []:
            continue
        label = say.word("field", name)
        if kind == "demand":
            title = record.get("demand_title") or say("field.demand_id")
            yield ShownFact(label, title if name == "demand_id" else str(value), record["demand_id"])
        else:
            yield ShownFact(label, _said(say, kind, value), is_code=kind == "code")


def titled(say: Speaker, noun: WorkNoun, record: Json) -> str:
    """By the first field of its title that says something; otherwise by its id."""
    return next((_said(say, kind, record[name]) for name, kind in noun.title if record.get(name)), str(record["id"]))


def _said(say: Speaker, kind: str, value: object) -> str:
    if kind == "wan" and isinstance(value, int):
        return say("money.wan", sum=formats.wan(value))
    if kind in SAID:
        return SAID[kind](str(value))
    if isinstance(value, list):
        return say("word.comma").join(say.word(kind, each) for each in value)
    return say.word(kind, value) if kind not in ("", "code") else str(value)
