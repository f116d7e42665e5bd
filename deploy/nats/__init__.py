"""Who may do what at the message broker: accounts, users, and the configuration that tells a server of them."""
