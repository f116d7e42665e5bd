"""The ways a delivery can go."""
