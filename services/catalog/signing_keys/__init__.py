"""Public keys with which hosts sign results; each private key stays with the organisation that made it."""
