"""Writing who pays: each command changes facts and rewrites the client's forecast in the same transaction."""
