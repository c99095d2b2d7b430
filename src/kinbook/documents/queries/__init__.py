"""Reading: what documents are made of, and the documents there are."""
