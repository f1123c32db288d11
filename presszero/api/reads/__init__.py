"""Reads of the API. The database writes the JSON of a row itself: a page costs one statement and hardly any Python."""
