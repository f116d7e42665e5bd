"""What whoever publishes demands does: writing, importing, answering."""
