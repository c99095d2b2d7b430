"""Reports: what was earned, what is owed, who paid, and how fair it is between parents; with pictures and files."""
