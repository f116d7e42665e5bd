"""Scenario lists: editions by year and batch, whose entries are demands as they were, published for good."""
