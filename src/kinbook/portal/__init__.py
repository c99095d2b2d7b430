"""The family's door: all that a parent or a teen can ever see, in one folder."""
