"""The sums of the page on capacity follow from the constants stated there, in both languages alike."""

import ast
import math
import operator
import re
from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("capacity.md", "capacity.zh-CN.md")
_ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def rows(page: str) -> dict[str, list[str]]:
    """Cells after the name, by name, of all constants and sums."""
    found = _ROW.findall((DOCS / page).read_text(encoding="utf-8"))
    assert len(dict(found)) == len(found), "a name stands for one thing"
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def is_sum(cells: list[str]) -> bool:
    return cells[0].startswith("`")


def number(text: str) -> float:
    return float(text.replace(",", ""))


def value(node: ast.expr, known: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as constant):
            return float(constant)
        case ast.Name(id=name):
            return known[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](value(left, known), value(right, known))
        case ast.Call(func=ast.Name(id="ceil"), args=[argument]):
            return float(math.ceil(value(argument, known)))
    raise AssertionError(f"{ast.unparse(node)} is no sum")


@pytest.mark.parametrize("page", PAGES)
def test_every_sum_comes_to_what_the_page_says(page: str) -> None:
    known: dict[str, float] = {}
    wrong = []
    for name, cells in rows(page).items():
        if not is_sum(cells):
            known[name] = number(cells[0])
            continue
        exact = value(ast.parse(cells[0].strip("`"), mode="eval").body, known)
        _, _, decimals = cells[1].partition(".")
        if f"{exact:,.{len(decimals)}f}" != cells[1]:
            wrong.append(f"{name}: {cells[0]} = {exact:,.4f}, not {cells[1]}")
        known[name] = exact
    assert not wrong
    assert any(is_sum(cells) for cells in rows(page).values())


def test_both_languages_state_the_same_figures() -> None:
    english, chinese = ({name: cells[:2] for name, cells in rows(page).items()} for page in PAGES)
    sums = {name for name, cells in english.items() if is_sum(cells)}
    assert {name: cells if name in sums else cells[:1] for name, cells in english.items()} == {
        name: cells if name in sums else cells[:1] for name, cells in chinese.items()
    }


def test_every_constant_is_used_in_a_sum() -> None:
    stated = rows(PAGES[0])
    used = {word for cells in stated.values() if is_sum(cells) for word in re.findall(r"\w+", cells[0])}
    assert {name for name, cells in stated.items() if not is_sum(cells)} - used == set()
