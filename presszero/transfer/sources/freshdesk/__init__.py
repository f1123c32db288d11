"""Freshdesk's own files: see reader.py. The samples are made up, in its format."""
