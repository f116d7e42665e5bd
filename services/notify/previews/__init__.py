"""What a subscription would have told in the last week, before anybody has it."""
