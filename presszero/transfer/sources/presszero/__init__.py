"""Our own ZIP of everything: see reader.py."""
