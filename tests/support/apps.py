"""Apps that are used again by tests with the same settings: FastAPI works out routes and documents anew for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fastapi import FastAPI

from common.settings import ServiceSettings

Settings = TypeVar("Settings", bound=ServiceSettings)
_resting: list[FastAPI] = []


@contextmanager
def lent(settings: Settings, make: Callable[[Settings], FastAPI]) -> Iterator[FastAPI]:
    """What `make(settings)` gives, or gave before and nobody uses now. What a test may see of others begins and ends
    with the app's lifespan, which is the test's own. `app.state.settings` are equal to `settings`, and those it heeds.
    """
    at = next((at for at, app in enumerate(_resting) if app.state.settings == settings), None)
    app = make(settings) if at is None else _resting.pop(at)
    yield app
    _resting.append(app)
