"""What becomes of demands: the funnel to adoption, the time in each state, outcomes by what a demand is."""
