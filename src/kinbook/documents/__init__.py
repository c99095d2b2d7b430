"""Papers about money that a payer keeps: statements, superbills, receipts and the like."""
