"""A second reader of what the rules left open: any OpenAI-compatible endpoint, asked little and believed less."""
