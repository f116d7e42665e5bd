"""Whom a demand concerns: who was matched with it, docks on it or answered a call for solutions to it."""
