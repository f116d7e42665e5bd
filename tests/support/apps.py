"""Apps that are used again by tests with the same settings: FastAPI works out routes and documents anew for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fastapi import FastAPI

from common.settings import ServiceSettings

Settings = TypeVar("Settings", bound=ServiceSettings)
_resting: list[tuple[ServiceSettings, FastAPI]] = []


@contextmanager
def lent(settings: Settings, make: Callable[[Settings], FastAPI]) -> Iterator[FastAPI]:
    """What `make(settings)` gives, or gave before and nobody uses now. What a test may see of others begins and ends
    with the app's lifespan, which is the test's own."""
    at = next((at for at, (known, _) in enumerate(_resting) if known == settings), None)
    app = make(settings) if at is None else _resting.pop(at)[1]
    yield app
    _resting.append((settings, app))
