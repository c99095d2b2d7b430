"""Screens of cards: keys, a payer's cards, charging, the link in a mail, and what the processor tells."""
