"""Writing the team: members, roles, who has which client, tokens."""
