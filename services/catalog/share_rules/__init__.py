"""What a procurement share is of what, and the shares computed by it."""
