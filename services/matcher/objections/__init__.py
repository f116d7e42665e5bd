"""Objections of organisations: to a ranking, to an entry of a list, or to how fair a demand is."""
