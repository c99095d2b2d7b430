"""Work after the answer: jobs of the same PostgreSQL, queued in the transaction of their cause."""
