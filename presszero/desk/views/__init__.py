"""What a request to the desk does: find, one form, one verb, one fragment."""
