"""The matcher's own copies of published demands."""
