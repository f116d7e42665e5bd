"""Seals with the newest key what was stored without one or with an older one, batch by batch."""
