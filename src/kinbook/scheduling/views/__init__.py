"""The calendar's pages and dialogs."""
