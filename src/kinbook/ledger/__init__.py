"""The journal: append-only double entries that the database keeps balanced, and the balances that are their sums."""
