"""Reading other programs' files: pure functions from bytes to records. No Django, no clock, no database."""
