"""Pilot lines: what a pilot base offers, and how many bookings each can serve at once."""
