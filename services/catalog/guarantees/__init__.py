"""Requests of demonstration projects for what only an authority can give: land, energy, an approval."""
