"""Demonstration projects: identified, prepared, implemented and completed under a dispatcher's eye."""
