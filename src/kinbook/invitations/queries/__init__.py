"""How far somebody's portal is, and the practice's words about it."""
