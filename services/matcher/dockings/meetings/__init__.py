"""Meetings of dockings: times offered by one side, taken by the other, and kept in its calendar."""
