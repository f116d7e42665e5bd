"""Who publishes demands and who answers them."""
