"""What organisations offer: their capability profiles."""
