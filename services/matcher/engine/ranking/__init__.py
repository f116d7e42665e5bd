"""Views of demands and profiles in, fits and their order out."""
