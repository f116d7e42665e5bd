"""What one organisation gave: all of it as JSON, and the erasure of what is personal in it."""
