"""How members sign in, and stay signed in: tries, second step, sign-ins, proof of being oneself, a changed e-mail."""
