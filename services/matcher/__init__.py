"""Capability profiles, ranking, and the matches it finds."""
