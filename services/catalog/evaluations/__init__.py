"""From the deadline to the result: declarations of interest, screening, scores, decisions."""
