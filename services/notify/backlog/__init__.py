"""What waits to be sent and what fails."""
