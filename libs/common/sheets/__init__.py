"""Reads the tables of files that people send: what stands in which cell, and what its words, sums and dates mean."""
