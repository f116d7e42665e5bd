"""Slow work in the background: jobs that embed and rank whatever has changed."""
