"""What organisations report to have bought."""
