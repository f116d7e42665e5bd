"""Reads a migration for what the previous release, which still runs on the new schema, would not survive."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MARKER = "BREAKS_NOBODY"
"""A constant of a migration that says why the release before it does without what is taken away."""


@dataclass(frozen=True)
class Rule:
    """`breaks` tells from the arguments of a call of `op.<operation>`; `why` says what the old code would meet."""

    operation: str
    breaks: Callable[[ast.Call], bool]
    why: str


def _always(_: ast.Call) -> bool:
    return True


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _is(value: ast.expr | None, constant: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is constant


def _alters(call: ast.Call) -> bool:
    given = {each.arg for each in call.keywords}
    return bool(given & {"new_column_name", "type_"}) or _is(_keyword(call, "nullable"), False)


def _must_be_given(call: ast.Call) -> bool:
    column = next((each for each in call.args if isinstance(each, ast.Call)), None)
    return column is not None and _is(_keyword(column, "nullable"), False) and not _keyword(column, "server_default")


def _is_unique(call: ast.Call) -> bool:
    return _is(_keyword(call, "unique"), True)


def waits(source: str) -> list[str]:
    """Indexes that keep writers of a table waiting while they are built, a line each. Of tables that the migration
    makes itself nobody waits; where it names tables by a variable, these are taken to be the ones it makes."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    made = {_table(call) for call in calls if _operation(call) == "create_table"}
    if "" in made:
        return []
    built = [call for call in calls if _operation(call) == "create_index" and not _keyword(call, CONCURRENTLY)]
    return [
        f"line {call.lineno}: op.create_index on {_table(call) or 'some table'}: give {CONCURRENTLY}=True"
        for call in built
        if _table(call) not in made and (_table(call) or not made)
    ]


CONCURRENTLY = "postgresql_concurrently"
FORBIDS = "it may write what this forbids"
RULES = (
    Rule("drop_table", _always, "it reads and writes the table"),
    Rule("drop_column", _always, "its models name the column in every SELECT and INSERT"),
    Rule("rename_table", _always, "it knows the old name alone"),
    Rule("alter_column", _alters, "it knows the old name and type, and may leave the column empty"),
    Rule("add_column", _must_be_given, "its INSERTs do not name the column: give a server_default"),
    Rule("create_unique_constraint", _always, FORBIDS),
    Rule("create_check_constraint", _always, FORBIDS),
    Rule("create_foreign_key", _always, FORBIDS),
    Rule("create_exclude_constraint", _always, FORBIDS),
    Rule("create_index", _is_unique, FORBIDS),
)
SQL = re.compile(
    r"\bDROP\s+(?!INDEX|DEFAULT|NOT\s+NULL)\w+|\bRENAME\b|\bTRUNCATE\b|\bDELETE\s+FROM\b|\bSET\s+NOT\s+NULL\b"
    r"|\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN)\b|\bUNIQUE\s+INDEX\b",
    re.IGNORECASE,
)


def faults(source: str) -> list[str]:
    """What the previous release would not survive, a line each; none when the migration says why it may."""
    tree = ast.parse(source)
    if any(isinstance(node, ast.Assign) and _names(node) == MARKER for node in tree.body):
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = {_table(call) for call in calls if _operation(call) == "create_table"}
    return [f"line {call.lineno}: {fault}" for call in calls for fault in _faults(call, made)]


def not_to_be_tried_again(source: str) -> list[str]:
    """What a migration does beside an `autocommit_block`, a line each: it is committed with the block's first statement
    and, when a later one has to be tried again, met once more."""
    upgrade = next(each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef))
    outside = [each for each in upgrade.body if not _is_autocommit(each)]
    return [f"line {each.lineno}: {ALONE}" for each in outside] if len(outside) < len(upgrade.body) else []


ALONE = "beside an autocommit_block: put it into a migration of its own"


def _is_autocommit(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.With) and "autocommit_block" in ast.unparse(statement.items[0])


def _faults(call: ast.Call, made: set[str]) -> Iterator[str]:
    operation = _operation(call)
    for rule in RULES:
        if rule.operation == operation and rule.breaks(call) and _table(call) not in made:
            yield f"op.{operation}: {rule.why}"
    if operation == "execute":
        for node in ast.walk(call):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := SQL.search(node.value)):
                yield f"{found[0]}: the previous release still runs on this schema"
            elif isinstance(node, ast.Name) and node is call.args[0]:
                yield f"op.execute({node.id}): write the SQL where it is executed, so that it can be read here"


def _operation(call: ast.Call) -> str:
    """`drop_table` of `op.drop_table(…)`, empty for other calls."""
    is_op = (
        isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "op"
    )
    return call.func.attr if is_op and isinstance(call.func, ast.Attribute) else ""


def _table(call: ast.Call) -> str:
    """The table a call is about; constraints and indexes name it second."""
    second = _operation(call).startswith(("create_index", "create_unique", "create_check", "create_foreign"))
    names = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    place = 1 if second else 0
    return names[place] if len(names) > place else ""


def _names(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
