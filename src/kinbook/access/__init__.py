"""The policy: one table of roles and actions, and the only code that decides who may."""
