"""What became of matches: reported by their two sides, kept with what was known when they were shown."""
