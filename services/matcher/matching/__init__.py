"""Fits between demands and profiles: how they are computed, stored, shown and replayed."""
