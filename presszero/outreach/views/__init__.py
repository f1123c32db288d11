"""Pages of writing first: what customers open, and what the team sets and starts."""
