"""Desks of every role: what waits for whom until when, and each thing with the steps that are possible now."""
