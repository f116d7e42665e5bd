"""What was tried to reach receivers, and what they answered."""
