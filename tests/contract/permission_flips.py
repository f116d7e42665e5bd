"""`python -m tests.contract.permission_flips`: turns each row of the permission tables the wrong way, in every way
there is, and sees that it is noticed: by the listing that was agreed on, by docs/permissions.md, and by who is let in.

A row of `routes.tsv` or `parties.tsv` is given one role more, or one less, or every caller, or another scope; a move of
a life-cycle one party more, or one less.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from common import logs
from common.permissions.table import (
    ANYONE,
    MEMBER,
    PARTIES_FILE,
    ROUTES,
    Permission,
    PermissionScope,
    PermissionTable,
    folder_of,
    of_service,
)
from common.roles import Role
from tests.contract import admission, lifecycles, permissions
from tests.contract.lifecycles import ROOT, AnyLifecycle
from tests.contract.permissions import FROZEN, SERVICES

HEADER = "noun\toperation\troles\tscope"


class Flip(NamedTuple):
    """A line of a table, and what it is turned into."""

    file: str
    line: str
    flipped: str

    def __str__(self) -> str:
        return f"{self.file}: {self.line!r} turned into {self.flipped!r}"


def flips(service: str, present: PermissionTable) -> Iterator[list[Flip]]:
    """Of each row all that may be done to it, roles first."""
    for file in (ROUTES, PARTIES_FILE):
        for line in _rows(folder_of(service) / file):
            cells = line.split("\t")
            if file == ROUTES:
                yield [*_of_route(line, cells, present.rows[cells[1]])]
            else:
                held = frozenset(Role) if cells[2] == MEMBER else frozenset(map(Role, cells[2].split(",")))
                yield [Flip(file, line, "\t".join((*cells[:2], words))) for words in _other_roles(held)]


def _rows(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")][1:]


def _of_route(line: str, cells: Sequence[str], row: Permission) -> Iterator[Flip]:
    noun, operation, roles, scope = cells
    others = [MEMBER] if row.roles is None else [ANYONE, *_other_roles(row.roles)]
    yield from (Flip(ROUTES, line, "\t".join((noun, operation, words, scope))) for words in others)
    scopes = (each for each in PermissionScope if each != scope)
    yield from (Flip(ROUTES, line, "\t".join((noun, operation, roles, each))) for each in scopes)


def _other_roles(held: frozenset[Role]) -> Iterator[str]:
    """With each role more, or less; a row admits somebody, so its only role is changed for another."""
    for role in Role:
        turned = held ^ {role} or frozenset(Role) - held
        yield ",".join(each for each in Role if each in turned)


class Turning:
    """The tables of one service, one line of them turned at a time."""

    def __init__(self, service: str, folder: Path) -> None:
        self.service, self._folder = service, folder
        self.present = of_service(service)
        self._agreed = frozenset((FROZEN / f"{service}.tsv").read_text().splitlines())
        self._documented = frozenset((ROOT / "docs" / "permissions.md").read_text().splitlines())
        self._sound = {file: (folder_of(service) / file).read_text() for file in (ROUTES, PARTIES_FILE)}
        for file, text in self._sound.items():
            (folder / file).write_text(text)

    async def noticed(self, flip: Flip) -> list[str]:
        """What notices. Where other roles are let in, requests must: nothing else counts then."""
        with self._turned(flip):
            read = of_service(self.service, self._folder).rows.values()
            parties = permissions.parties(self._folder) if flip.file == PARTIES_FILE else []
        changed = [row for row in read if row != self.present.rows[row.operation]]
        found = [] if self._agreed.issuperset(permissions.listing(changed)) else ["listing"]
        found += [] if self._documented.issuperset(parties) else ["document"]
        of_roles = [row for row in changed if row.roles != self.present.rows[row.operation].roles]
        if not of_roles:
            return found
        return [] if await self._is_let_in_as_agreed(of_roles[0]) else [*found, "requests"]

    @contextmanager
    def _turned(self, flip: Flip) -> Iterator[None]:
        """Of the routes the one row alone: reading them all takes most of the time."""
        path, sound = self._folder / flip.file, self._sound[flip.file]
        assert sound.count(f"\n{flip.line}\n") == 1, flip
        whole = sound.replace(f"\n{flip.line}\n", f"\n{flip.flipped}\n")
        path.write_text(whole if flip.file == PARTIES_FILE else f"{HEADER}\n{flip.flipped}\n")
        try:
            yield
        finally:
            path.write_text(sound)

    async def _is_let_in_as_agreed(self, changed: Permission) -> bool:
        """Asked by whom the row treats otherwise now."""
        name, present = changed.operation, self.present.rows[changed.operation]
        now, then = changed.roles, present.roles
        tokens = [None, "none"] if now is None or then is None else [role.value for role in now ^ then]
        app = admission.alone(self.service)
        app.state.permissions = PermissionTable([*({**self.present.rows, name: changed}.values())], self.present.where)
        try:
            return not any(admission.faults(await admission.asked(self.service, name, tokens)))
        finally:
            app.state.permissions = self.present


class Outcome(NamedTuple):
    counts: Counter[str]
    unnoticed: list[str]


async def turned(service: str, most: int | None = None) -> Outcome:
    """Each row in every way, or in `most` of them, other ones from row to row."""
    counts, unnoticed = Counter[str](), list[str]()
    with tempfile.TemporaryDirectory() as name:
        turning = Turning(service, Path(name))
        for number, ways in enumerate(flips(service, turning.present)):
            counts["rows"] += 1
            for flip in _some(ways, most, number):
                noticed = await turning.noticed(flip)
                counts.update(["turned", *(f"noticed by {each}" for each in noticed)])
                unnoticed += [] if noticed else [str(flip)]
    return Outcome(counts, unnoticed)


def _some(ways: Sequence[Flip], most: int | None, number: int) -> Iterable[Flip]:
    start = number % len(ways)
    return islice((*ways[start:], *ways[:start]), most)


def moves_turned() -> Outcome:
    """Each move of each life-cycle, by one party more and by one less, held against its drawing in ARCHITECTURE.md."""
    counts, unnoticed, drawn = Counter[str](), list[str](), (ROOT / "ARCHITECTURE.md").read_text()
    for folder, life in lifecycles.lifecycles().items():
        counts["rows"] += len(life.moves)
        for told, other in _other_lives(life):
            counts["turned"] += 1
            if "\n".join(lifecycles.drawing(folder, other)) in drawn:
                unnoticed.append(f"{folder}: {told}")
    return Outcome(counts, unnoticed)


def _other_lives(life: AnyLifecycle) -> Iterator[tuple[str, AnyLifecycle]]:
    for at, move in enumerate(life.moves):
        for party in life.parties:
            by = move.by ^ {party}
            others = (move._replace(by=by),) if by else ()
            told = f"{move.action} of what is {move.state} by {sorted(by)}"
            yield told, replace(life, moves=(*life.moves[:at], *others, *life.moves[at + 1 :]))


async def main() -> int:
    """Returns 1 when anything turned the wrong way is not noticed."""
    logs.request = lambda *_: None
    outcomes = {service: await turned(service) for service in SERVICES} | {"life-cycles": moves_turned()}
    for name, (counts, unnoticed) in outcomes.items():
        sys.stdout.write(f"{name}: {', '.join(f'{count} {what}' for what, count in counts.items())}\n")
        sys.stdout.writelines(f"  NOT NOTICED: {each}\n" for each in unnoticed)
    return int(any(outcome.unnoticed for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
