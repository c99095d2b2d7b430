"""Reading who pays: facts for the rules, and the answers for pages and programs."""
