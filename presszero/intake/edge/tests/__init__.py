"""Real sockets, a real server, a real database."""
