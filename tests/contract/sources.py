"""What contract tests ask of the sources; each file is parsed once."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("libs/**/*.py"), *ROOT.glob("services/**/*.py")])


@dataclass(frozen=True)
class Source:
    """
    imports    (module, name) of every import, the name empty for `import module`
    names      every name and last part of an attribute that is read, written or imported
    classes    those of the module itself, in order
    functions  (name, lines) of every function, nested ones and methods included
    is_told    whether the module has a docstring, or nothing in it
    """

    imports: tuple[tuple[str, str], ...]
    names: frozenset[str]
    classes: tuple[str, ...]
    functions: tuple[tuple[str, int], ...]
    is_told: bool


@cache
def source(path: Path) -> Source:
    """The tree itself is let go: a hundred megabytes for all files, which the collector would visit ever after."""
    tree = ast.parse(text := path.read_text())
    nodes = list(ast.walk(tree))
    return Source(
        imports=tuple(found for node in nodes for found in _imports(node)),
        names=frozenset(name for node in nodes if (name := _last_name(node))),
        classes=tuple(node.name for node in tree.body if isinstance(node, ast.ClassDef)),
        functions=tuple(
            (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
        is_told=bool(not text or ast.get_docstring(tree)),
    )


def _imports(node: ast.AST) -> list[tuple[str, str]]:
    match node:
        case ast.Import():
            return [(alias.name, "") for alias in node.names]
        case ast.ImportFrom(module=str(module)):
            return [(module, alias.name) for alias in node.names]
    return []


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.alias():
            return node.name
    return ""


def imported(path: Path) -> tuple[tuple[str, str], ...]:
    return source(path).imports


def room(path: Path) -> str:
    """`catalog/demands/rules.py`"""
    return path.relative_to(ROOT).as_posix().split("/", 1)[1]


def importers_of(package: str) -> set[str]:
    return {room(path) for path in SOURCES for module, _ in imported(path) if module.split(".")[0] == package}
