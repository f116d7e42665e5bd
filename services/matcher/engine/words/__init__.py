"""Texts in, words out: how rare they are, what they mean, how much two texts share."""
