"""Files that belong to demands."""
