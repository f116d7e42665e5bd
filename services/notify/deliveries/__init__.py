"""What is due to a subscription, and each attempt to bring it there."""
