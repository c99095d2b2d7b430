"""Who of a family may enter the portal: invited, signed in last, suspended; their links and sessions."""
