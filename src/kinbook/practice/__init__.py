"""The practice's own settings and places, and how a new installation is set up."""
