"""Reading cards, automatic payment and charges."""
