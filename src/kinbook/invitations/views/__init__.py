"""Staff's pages about the portal: inviting, suspending, viewing as, and its settings."""
