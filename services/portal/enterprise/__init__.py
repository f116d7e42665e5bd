"""What a firm does: its matches, its profile, its interest."""
