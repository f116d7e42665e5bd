"""Words every service shares; no business rule lives here."""
