"""What presents itself at a roadshow: a teaser for everyone, and a text for whom its owner consents to show it."""
