"""Real clusters, real processes, real signals."""
