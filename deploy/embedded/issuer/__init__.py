"""OpenID Connect for one machine: where people choose which organisation they try the platform as."""
