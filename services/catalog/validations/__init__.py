"""Validations: an enterprise's solution is measured at a test bed against what a demand asks, and the host signs it."""
