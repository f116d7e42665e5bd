"""The matcher's own copy of published demands, kept up to date by events."""
