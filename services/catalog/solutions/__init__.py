"""What enterprises answer to a solicitation."""
