"""Kinbook: practice management for clinicians who see minors and families."""
