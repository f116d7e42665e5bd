"""Telling subscriptions of matches as they come, many at once."""
