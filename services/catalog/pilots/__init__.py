"""Bookings of pilot lines: asked for, quoted, booked and delivered."""
