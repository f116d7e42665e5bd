"""One file a step, numbered in order; a released one is never edited."""
