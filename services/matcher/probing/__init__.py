"""Measures what searches by index find of the nearest."""
