"""Catalog serves every noun that it has, and its clock does all that is due."""

from importlib import import_module
from pathlib import Path

from fastapi import APIRouter

from catalog.app import DUE, ROUTERS

CATALOG = Path(__file__).parents[2] / "services" / "catalog"


def test_every_router_of_every_noun_is_served_once() -> None:
    modules = [*sorted(CATALOG.glob("*/routes.py")), CATALOG / "demands" / "moves.py"]
    there = {
        id(router): f"{path.parent.name}.{name}"
        for path in modules
        for name, router in vars(import_module(f"catalog.{path.parent.name}.{path.stem}")).items()
        if isinstance(router, APIRouter) and not name.startswith("_")
    }
    served = [id(router) for router in ROUTERS]
    assert {name for router, name in there.items() if router not in served} == set()
    assert len(served) == len(set(served))


def test_the_clock_does_all_that_any_noun_has_due() -> None:
    modules = [path for path in CATALOG.rglob("*.py") if "\nDUE" in path.read_text() and path.name != "app.py"]
    kinds = {
        kind
        for path in modules
        for kind in import_module(".".join(("catalog", *path.relative_to(CATALOG).with_suffix("").parts))).DUE
    }
    assert set(DUE) == kinds
    assert len(kinds) > 1
