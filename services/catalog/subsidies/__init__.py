"""Subsidy schemes: what is paid for adopted solutions, at which rate, up to which caps, and when it is open."""
