"""The vectors of demands and profiles: made, stored, searched, and never mixed between models."""
