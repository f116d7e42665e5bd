"""The vectors of demands and profiles: made, stored, and never mixed between models."""
