"""What desks know of each noun, read from nouns.toml: where it is asked for, who is who in it, what its steps take."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from portal import lifecycles
from portal.api import Json
from portal.sessions import Session

TABLE = Path(__file__).with_name("nouns.toml")
ANYBODY, NOT = "*", "!"
DESKS = "desks"


class AskedField(NamedTuple):
    """One thing that a step asks for: its name in the body, its kind, a group of words to choose from."""

    name: str
    kind: str
    group: str
    is_needed: bool

    @classmethod
    def read(cls, said: str) -> "AskedField":
        """Of `method choice:valuation_method !`."""
        name, kind, *needed = said.split()
        kind, _, group = kind.partition(":")
        return cls(name, kind, group, needed == ["!"])


class StepForm(NamedTuple):
    """What a step asks for, and by which operation it is taken; `says` goes with it as it is."""

    operation: str
    fields: tuple[AskedField, ...]
    says: Mapping[str, Any]


class Wait(NamedTuple):
    """Who is waited for in a state, and the field of the day until when."""

    party: str
    due: str


@dataclass(frozen=True)
class WorkNoun:
    """One noun of desks; the members are those that nouns.toml explains."""

    name: str
    life: str
    listing: str
    read: str
    steps: str
    place: str
    link: str
    title: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    parties: Mapping[str, tuple[str, str]]
    waits: Mapping[str, Wait]
    actions: Mapping[str, StepForm]
    asked: Mapping[str, Mapping[str, Any]]

    def held(self, session: Session, record: Json) -> list[str]:
        """All that a member is to a record."""
        return [
            party
            for party, (field, role) in self.parties.items()
            if _is(session, record, field) and (not role or session.has(role))
        ]

    def possible(self, session: Session, record: Json) -> list[str]:
        """The steps that a member may take now: those of the table, and of those what the API allows where it says."""
        steps = lifecycles.possible(self.life, record["state"], self.held(session, record))
        return [step for step in steps if step in self.actions and step in record.get("allowed", steps)]


def _is(session: Session, record: Json, field: str) -> bool:
    if field == ANYBODY:
        return True
    if field.startswith(NOT):
        return not session.owns(record.get(field[len(NOT) :]))
    return session.owns(record.get(field))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def nouns() -> dict[str, WorkNoun]:
    """By the name that stands in the address of a page."""
    return {name: _noun(name, said) for name, said in _table().items() if name != DESKS}


def _noun(name: str, said: Json) -> WorkNoun:
    return WorkNoun(
        name=name,
        life=said["life"],
        listing=said["list"],
        read=said["read"],
        steps=said.get("steps", ""),
        place=said["place"],
        link=said.get("link", f"/work/{name}"),
        title=tuple(_two(each) for each in said["title"]),
        facts=tuple(_two(each) for each in said["facts"]),
        parties={party: _two(each) for party, each in said["parties"].items()},
        waits={state: Wait(*_two(each)) for state, each in said["waits"].items()},
        actions={action: _step(each) for action, each in said["actions"].items()},
        asked=said.get("asked", {}),
    )


def _two(said: str) -> tuple[str, str]:
    first, _, second = said.partition(" ")
    return first, second


def _step(said: Json) -> StepForm:
    fields = tuple(AskedField.read(each) for each in said.get("fields", ()))
    return StepForm(said["call"], fields, said.get("says", {}))


def desks(session: Session) -> dict[str, str]:
    """The nouns of a member's desks, each with the role that it is shown for first."""
    found: dict[str, str] = {}
    for role, names in _table()[DESKS].items():
        if session.has(role):
            for name in names:
                found.setdefault(name, role)
    return found
