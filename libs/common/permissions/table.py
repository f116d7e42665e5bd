"""Reads the permissions of a service: two tables beside its code, and the life-cycles for what its steps are."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

from common.lifecycle import Lifecycle
from common.roles import Role

ANYONE, MEMBER, PARTIES, STEP = "anyone", "member", "parties", "step"
"""Words in place of roles: without a token; with any role; whoever may be a party; whoever may take a step."""
ROUTES, PARTIES_FILE = "routes.tsv", "parties.tsv"
_HERE = Path(__file__).parent
AnyLifecycle = Lifecycle[Any, Any, Any]
LifeOf = Callable[[str], AnyLifecycle]
"""The life-cycle of a noun."""


class PermissionScope(StrEnum):
    """Whose things a route reaches; everything else is not found."""

    PUBLIC = "public"
    SHOWN = "shown"
    OWN = "own"
    PARTY = "party"
    PARTY_OR_AUDITOR = "party or auditor"
    LINK = "link"
    ALL = "all"


SCOPES: dict[PermissionScope, tuple[str, str]] = {
    PermissionScope.PUBLIC: ("what everyone may read", "公开内容"),
    PermissionScope.SHOWN: (
        "what everyone may read, and what concerns the caller's organisation",
        "公开内容及与本单位有关的内容",
    ),
    PermissionScope.OWN: ("what the caller's organisation has, or begins", "本单位自有或新建的内容"),
    PermissionScope.PARTY: ("what the caller is a party to", "本单位作为相关方的内容"),
    PermissionScope.PARTY_OR_AUDITOR: ("the same; for an auditor, everything", "同上；审计员可见全部"),
    PermissionScope.LINK: ("what the signed link in the address names", "签名链接所指的内容"),
    PermissionScope.ALL: ("everything, whoever's it is", "全部内容"),
}
"""What each means, in English and Chinese."""


@dataclass(frozen=True)
class Permission:
    """A row: who may call an operation, and whose things it reaches.

    roles  one of them is enough; None: anyone, without a token too
    """

    noun: str
    operation: str
    roles: frozenset[Role] | None
    scope: PermissionScope

    def admits(self, roles: Collection[str]) -> bool:
        return self.roles is None or not self.roles.isdisjoint(roles)


class PermissionTable:
    """The rows of one service, by operation id."""

    def __init__(self, rows: Collection[Permission], where: Path) -> None:
        """where  the file that a missing row belongs in. Raises ValueError for an operation that has two rows."""
        self.rows: Mapping[str, Permission] = {row.operation: row for row in rows}
        self.where = where
        if len(self.rows) < len(rows):
            twice = [one for one, count in Counter(row.operation for row in rows).items() if count > 1]
            raise ValueError(f"{where}: two rows for {', '.join(twice)}")

    def refuse_other(self, operations: Collection[str]) -> None:
        """Raises ValueError unless there is one row for each operation and none for another."""
        missing, unused = sorted(set(operations) - set(self.rows)), sorted(set(self.rows) - set(operations))
        faults = [
            *(f"no row for the operation {one}: say who may call it, NOUN⇥{one}⇥ROLES⇥SCOPE" for one in missing),
            *(f"a row for {one}, which is no operation: remove it" for one in unused),
        ]
        if faults:
            raise ValueError("\n".join(f"{self.where}: {fault}" for fault in faults))


def of_service(name: str, folder: Path | None = None) -> PermissionTable:
    """Those of the folder `permissions` of a service's package, whose nouns have their life-cycles in `rules.py`, and
    those of every process.

    folder  another than the package's own
    """
    folder = folder or folder_of(name)
    rows = read(folder, lambda noun: import_module(f"{name}.{noun}.rules").LIFE)
    return PermissionTable([*of_process().rows.values(), *rows], folder / ROUTES)


def folder_of(name: str) -> Path:
    """Where the tables of a service are."""
    return Path(str(import_module(name).__file__)).parent / "permissions"


def of_process() -> PermissionTable:
    """Those of the routes that every process has: health and metrics."""
    return PermissionTable(read(_HERE, _no_life), _HERE / ROUTES)


def _no_life(noun: str) -> AnyLifecycle:
    raise ValueError(f"{noun} has no life-cycle")


def read(folder: Path, life_of: LifeOf) -> list[Permission]:
    """The rows of `routes.tsv` in a folder. Raises ValueError naming the line that cannot be read."""
    reader = _Reader(life_of, parties(folder))
    return [reader.row(*cells) for cells in _lines(folder / ROUTES, 4)]


def parties(folder: Path) -> dict[str, dict[str, frozenset[Role]]]:
    """Which roles a token needs one of, by noun and party, of `parties.tsv` where there is one. Raises ValueError
    naming the line that cannot be read."""
    found: dict[str, dict[str, frozenset[Role]]] = {}
    if (beside := folder / PARTIES_FILE).exists():
        for noun, party, roles in _lines(beside, 3):
            found.setdefault(noun, {})[party] = _named(roles, f"{noun} {party}")
    return found


def _lines(path: Path, columns: int) -> Iterator[list[str]]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != columns:
            raise ValueError(f"{path}: {line!r} has {len(cells)} columns, not {columns}")
        yield cells


def _named(words: str, where: str) -> frozenset[Role]:
    if words == MEMBER:
        return frozenset(Role)
    try:
        return frozenset(Role(word) for word in words.split(","))
    except ValueError as error:
        raise ValueError(f"{where}: {error}; there are {', '.join(Role)}") from None


class _Reader:
    """Works out the roles of a row, of the life-cycles and of what a token needs to be a party of them."""

    def __init__(self, life_of: LifeOf, parties: Mapping[str, Mapping[str, frozenset[Role]]]) -> None:
        self._life_of, self._parties = life_of, parties

    def row(self, noun: str, operation: str, roles: str, scope: str) -> Permission:
        return Permission(noun, operation, self._roles(noun, operation, roles), PermissionScope(scope))

    def _roles(self, noun: str, operation: str, words: str) -> frozenset[Role] | None:
        if words == ANYONE:
            return None
        first, _, actions = words.partition(" ")
        if first == STEP:
            return self._step(noun, operation, actions)
        named = [word for word in words.split(",") if word != PARTIES]
        found = _named(",".join(named), operation) if named else frozenset()
        return found | (self._all(noun) if PARTIES in words.split(",") else frozenset())

    def _all(self, noun: str) -> frozenset[Role]:
        return frozenset[Role]().union(*self._parties[noun].values())

    def _step(self, noun: str, operation: str, actions: str) -> frozenset[Role]:
        if ":" in actions:
            noun, _, actions = actions.partition(":")
        life = self._life_of(noun)
        wanted = actions.split(",") if actions else [_action(life, operation)]
        if unknown := set(wanted) - set(map(str, life.actions)):
            raise ValueError(f"{operation}: {sorted(unknown)} are no actions of {noun}")
        parties = {str(party) for move in life.moves if str(move.action) in wanted for party in move.by}
        held = self._parties.get(noun, {})
        found = frozenset[Role]().union(*(held[party] for party in parties if party in held))
        if not found:
            raise ValueError(f"{operation}: parties.tsv says of none of {sorted(parties)} of {noun} what a token needs")
        return found


def _action(life: AnyLifecycle, operation: str) -> str:
    """The action that an operation id begins with, the longest there is."""
    found = [str(action) for action in life.actions if operation.startswith(f"{action}_")]
    if not found:
        raise ValueError(f"{operation} begins with no action of {life.noun.en}; name them: step ACTIONS")
    return max(found, key=len)
