"""Rewards on challenges: what must be reached by when, who takes it on, and whether it was."""
