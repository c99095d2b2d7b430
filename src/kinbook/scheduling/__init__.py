"""The calendar: appointments and their series, time off."""
