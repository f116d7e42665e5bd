"""Loads a folder of demands and offers through the public HTTP APIs."""

from matcher.loading.command import configure as configure
from matcher.loading.command import run as run
