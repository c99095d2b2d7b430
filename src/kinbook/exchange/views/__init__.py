"""Screens of import: the files, what a file's columns mean, what became of its rows, and the list to be completed."""
