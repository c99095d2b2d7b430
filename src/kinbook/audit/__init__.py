"""Who did or looked at what, whose, when, from where: entries are only ever added."""
