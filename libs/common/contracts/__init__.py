"""What the services say to each other: an envelope, and one file of event classes per service."""
