"""Writing the calendar; every change of an appointment is a change of its charge, in the same transaction."""
