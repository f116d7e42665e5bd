"""Prose in, typed clauses out."""
