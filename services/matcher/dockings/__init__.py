"""Dockings: the conversation a match leads to, with a clock on every step."""
