"""Sending again what was settled."""
