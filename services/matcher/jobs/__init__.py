"""The queue of demands and profiles that must be embedded and ranked again."""
