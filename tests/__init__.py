"""Stories across apps (journeys/), rules about the whole (walls/), and the one cast they share."""
