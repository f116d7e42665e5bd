"""Trains the learned verifier of clauses on contrast sets written for the project; needs the extra `st`."""
