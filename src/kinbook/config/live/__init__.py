"""Live pages: what happens is told to the browsers it concerns, over one connection each."""
