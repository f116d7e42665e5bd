"""What is matched: the rows of demands and profiles, and what may be read of them."""
