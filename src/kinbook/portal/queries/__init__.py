"""What the portal's pages show: read from the views of the database that are theirs alone."""
