"""People and organizations: who is a client, who is whose contact, and how to reach them."""
