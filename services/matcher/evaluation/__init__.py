"""Measures the ranking on judged demands and offers."""

from matcher.evaluation.command import configure, run

__all__ = ["configure", "run"]
