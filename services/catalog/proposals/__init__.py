"""Demands that agencies put forward for a scenario list, and what became of each."""
