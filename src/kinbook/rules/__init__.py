"""Who pays, fairly to the cent: pure functions that know no framework, clock or database."""
