"""What demonstration projects teach others, for everyone to read and to find by tags."""
