"""Pages of staffing, and the wallboard."""
