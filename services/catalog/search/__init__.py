"""Full-text search that any noun can have."""
