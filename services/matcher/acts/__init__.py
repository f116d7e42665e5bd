"""Who did what to a match, a docking or a mandate, and when: written with each change, never changed."""
