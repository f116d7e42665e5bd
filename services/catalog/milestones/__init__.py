"""Milestones of demonstration projects, and what was found when each was due."""
