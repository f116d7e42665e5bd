"""What repeats what: fingerprints of demands and profiles, and the twins they lead to, by words alone."""
