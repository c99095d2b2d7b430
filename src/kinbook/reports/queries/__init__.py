"""Reading reports: each a function of who asks and what is asked, in a fixed number of queries."""
