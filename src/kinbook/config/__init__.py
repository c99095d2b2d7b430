"""Settings, addresses and the application objects that servers load."""
