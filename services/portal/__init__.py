"""Web pages for people: a client of the three HTTP APIs that keeps nothing of its own."""
