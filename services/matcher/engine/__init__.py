"""The matcher's pure rooms: arrays and text in, figures out."""
