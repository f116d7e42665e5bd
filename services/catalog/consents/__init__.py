"""Consents by which an investor reads the full text of a presentation, with a record of each look."""
