"""Reads a requirement beside a paragraph and says how surely it supports or refutes it: a learned judge."""
