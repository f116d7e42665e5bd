"""Fits the ranker's coefficients to judged pairs."""
