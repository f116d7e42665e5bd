"""What an organisation wants to hear about, and where it wants to hear it."""
