"""Forms of the calendar: text into typed values, local dates and times into instants."""
