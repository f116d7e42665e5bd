"""Reminders of the dates on which demands close, for whom those concern."""
