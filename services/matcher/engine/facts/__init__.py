"""What a text states: figures with their units and metrics, and the names of standards."""
