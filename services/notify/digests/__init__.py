"""What does not go at once: it waits for the end of quiet hours, or is gathered into one message with others."""
