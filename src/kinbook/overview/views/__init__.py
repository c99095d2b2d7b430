"""Views of screens that read across."""
