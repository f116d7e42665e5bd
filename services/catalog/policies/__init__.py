"""Policies that support demands: where each stands written, and until when it is in force."""
