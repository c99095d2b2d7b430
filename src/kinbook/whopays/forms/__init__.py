"""Forms of who pays: text in, typed values out."""
