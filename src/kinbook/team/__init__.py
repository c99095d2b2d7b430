"""The team: members, their roles, how they sign in, and the viewer each of them is."""
