"""Writing what signing in needs: tries, second steps, sign-ins, passwords, addresses, the practice's rules for it."""
