"""Reads a requirement beside a sentence and says how surely the sentence supports or refutes it: a learned judge."""
