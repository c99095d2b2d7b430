"""The demo practice, told as a story with the same cast as the tests; everyone in it is invented."""
