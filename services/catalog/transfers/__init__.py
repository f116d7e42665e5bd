"""Transfers of technology that follow from a docking: valued, contracted, registered and delivered."""
