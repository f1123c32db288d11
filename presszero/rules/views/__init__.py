"""The rules' pages: the list and the builder, dry runs, and why a rule fired."""
