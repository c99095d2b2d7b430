"""What changes cards and charges them: one module a deed."""
