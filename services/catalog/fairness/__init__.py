"""Whether a demand asks for what fair competition forbids: rules as data, found in its texts, then justified."""
