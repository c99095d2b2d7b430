"""What a person in the portal does: signs in, confirms, changes their own ways to be reached."""
