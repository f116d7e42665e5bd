"""What became of every noun: its public versions, and who took which step."""
