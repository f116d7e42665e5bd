"""What an organisation is told of, where, and how often."""
